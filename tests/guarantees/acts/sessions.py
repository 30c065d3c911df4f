"""Scenarios of open sessions."""

from agencies.models import Session
from foundation.sessions import SessionStore
from referral.sessions.operations import sessions as operations
from tests.referral.sessions.browsers import browser

from . import Done, act, prepared
from .house import do


@act("session.close")
def close_one(w):
    browser(w.mate)
    (row,) = Session.objects.of(w.mate.user)
    prepared()
    do(w.mate, lambda member: operations.close(member.user, row.pk))
    return Done(w.mate, w.mate.user)


@act("session.close_others")
def close_the_others(w):
    browser(w.mate)
    prepared()
    do(w.mate, lambda member: operations.close_others(member.user, SessionStore()))
    return Done(w.mate, w.mate.user)


@act("member.sessions")
def close_those_of_a_member(w):
    browser(w.mate)
    prepared()
    do(w.admin, operations.close_of_member, w.mate.pk)
    return Done(w.admin, w.mate)
