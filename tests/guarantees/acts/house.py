"""The world of the acts of the mechanism: a shelter that leads a case, its partner, its coordination, a school."""

from agencies.models import Category, Desk, Kind, Level, Role
from foundation.actor import acting_as
from tests import factories as f
from tests.roles import as_role
from victims.identity.operations import enter_identity

IDENTITY = {"family_name": "Marqueur-Belkhafa", "given_names": "Nadia", "births": [{"date": "1998-03-12"}]}
REASON = "Personne injoignable, hospitalisation en urgence"


def do(actor, operation, *args, **fields):
    """Call an operation as this member."""
    with acting_as(actor):
        return operation(actor, *args, **fields)


class House:
    def __init__(self):
        f.territory("13", "Bouches-du-Rhône")
        self.national = f.member(f.national(), Role.COORDINATOR)
        self.coord = f.member(f.coordination(), Role.COORDINATOR)
        self.south = f.coordination(territories=("13",))
        self.nurse = f.member(f.agency(Kind.EDUCATION, desk=False), Role.FRONTLINE)
        everything = sum(Category)
        self.lead = f.member(f.shelter(may_hold=everything))
        self.home = self.lead.agency
        self.mate = f.member(self.home)
        self.admin = f.member(self.home, Role.AGENCY_ADMIN)
        self.partner = f.member(f.shelter())
        self.second = f.member(f.shelter())
        with as_role("nrm_owner"):
            Desk.objects.filter(pk=self.partner.agency_id).update(second=self.second.agency_id)
        self.auditor = f.member(f.agency(Kind.INDEPENDENT, desk=False), Role.AUDITOR)
        self.case = f.own_case(self.lead)
        self.judge = f.member(f.agency(Kind.JUSTICE))  # reads the file, and may state its view of the situation
        f.orientation(self.lead, self.case, self.judge.agency, level=3, state="accepted", answerer=self.judge)

    def alert(self, *desks, author=None, **answers):
        """Sent by the nurse (or by `author`) to the desks of these members, the partner's when none is named."""
        to = [member.agency_id for member in desks or [self.partner]]
        return f.sent_alert(author or self.nurse, desks=to, **answers)

    def request(self, state="sent", **fields):
        """From the lead to the partner."""
        return f.orientation(self.lead, self.case, self.partner.agency, state=state, answerer=self.partner, **fields)

    def agreement(self, **fields):
        named = {"agencies": [self.home.pk], "level": Level.FILE, "categories": int(Category.IDENTITY), **fields}
        return f.consent(self.lead, self.case, **named)

    def identity(self, data=IDENTITY):
        return do(self.lead, enter_identity, self.case.pk, consent=self.agreement(), data=data)
