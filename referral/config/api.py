"""How programs are recognised, what is refused by default, and how errors are said (RFC 9457)."""

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.utils.translation import gettext as _
from oauth2_provider.contrib.rest_framework import OAuth2Authentication
from rest_framework import exceptions, status
from rest_framework.permissions import BasePermission
from rest_framework.response import Response
from rest_framework.views import set_rollback

from agencies.actor import become
from agencies.models import Membership
from referral.workflow import NotAllowed, WrongState


class ServiceAuthentication(OAuth2Authentication):
    """A token acts as the service membership of its client; told to the database here."""

    def authenticate(self, request):
        found = super().authenticate(request)
        if found is None:
            return None
        _user, token = found
        member = (
            Membership.objects.live()
            .select_related("agency")
            .filter(pk=token.application.membership_id, kind=Membership.Sort.SERVICE)
            .first()
        )
        if member is None:
            raise exceptions.AuthenticationFailed(_("This client no longer acts for an agency."))
        become(member)
        request._request.actor = member
        return member, token


class Refuse(BasePermission):
    """The default: a view that names no permission lets nobody in."""

    def has_permission(self, request, view):
        return False


class IsService(BasePermission):
    """A program acting for its agency; what it sees and may do follows from its membership, as for a person."""

    def has_permission(self, request, view):
        return getattr(request._request, "actor", None) is not None
