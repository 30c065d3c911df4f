"""Acts on the programs of an agency."""

from foundation.actor import acting_as
from referral.organisations.operations import arrivals, programs
from tests.guarantees.acts import Done, act, prepared

from .house import do


def _program(w, **fields):
    made = do(w.admin, programs.make, **{"title": "Logiciel", "roles": ["case_worker"], "acts": False, **fields})
    with acting_as(w.admin):
        change = made.changes.get().pk
    do(w.lead, arrivals.decide, change, "agree")
    prepared()
    return made


@act("program.make", tells="member_changed member_waiting")
def make_a_program(w):
    return Done(w.admin, do(w.admin, programs.make, title="Logiciel", roles=["case_worker"], acts=True))


@act("program.secret", tells="member_changed")
def give_a_program_a_secret(w):
    made = _program(w)
    do(w.admin, programs.renew_secret, made.pk, at_once=False)
    return Done(w.admin, made)


@act("program.cut", tells="member_changed")
def cut_a_program(w):
    made = _program(w)
    do(w.admin, programs.cut, made.pk)
    return Done(w.admin, made)


@act("program.acts", tells="member_changed member_waiting")
def ask_that_a_program_write(w):
    made = _program(w)
    do(w.admin, programs.set_acts, made.pk, acts=True)
    return Done(w.admin, made)


@act("program.reads")
def let_a_program_only_read(w):
    made = _program(w, acts=True)
    do(w.admin, programs.set_acts, made.pk, acts=False)
    return Done(w.admin, made)
