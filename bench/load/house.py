"""Write whom the load speaks for: people who report, a coordination, a shelter, and requests to be answered."""

from itertools import cycle

from bench.faults.ledger import AUTHOR, PASSWORD, Ledger, answers

SIZES = {"silent": 3, "national": 2}  # members of each unit who are told of an alert
CROWDED = {"silent": 3, "few": 9, "many": 9, "mass": 9, "national": 2}
DESK = "silent{}@exemple.invalid"
SHELTER = "shelter{}@exemple.invalid"
SCHOOL = "school{}@exemple.invalid"


def fill(ledger: Ledger, requests: int, reporters: int = 1, shelters: int = 1) -> None:
    """Make units and accounts above the walls, all with one password; then requests by the operations of the product.

    `reporters`: persons who may report; `shelters`: each with one person, who receives an equal part of the requests.
    """
    from django.contrib.auth.hashers import make_password

    from agencies.models import Agency, Category, Desk, Kind, Role, Service

    ledger.fill()
    hashed = make_password(PASSWORD)
    ledger.ask("UPDATE agencies_user SET password = %s", hashed)
    school = Agency.objects.using("owner").get(code="school")
    _members(ledger, hashed, school.pk, SCHOOL, Role.FRONTLINE, range(1, reporters + 1))
    may_hold, asked = Category.IDENTITY | Category.CONTACT | Category.HEALTH, []
    for number in range(1, shelters + 1):
        shelter = Agency.objects.using("owner").create(
            code=f"shelter{number}",
            name=f"Foyer fictif {number}",
            kind=Kind.NGO,
            supports_people=True,
            may_hold=may_hold,
        )
        desk = Desk.objects.using("owner").create(
            agency=shelter, receives_orientations=True, takes_minors=True, nationwide=True
        )
        desk.services.set(Service.objects.using("owner").filter(pk="safe_housing"))
        _members(ledger, hashed, shelter.pk, SHELTER, Role.CASE_WORKER, range(number, number + 1))
        asked.append(shelter.pk)
    _ask(ledger, asked, requests)


def _members(ledger: Ledger, hashed: str, agency: int, address: str, role, numbers: range) -> None:
    ledger.ask(
        "WITH made AS (INSERT INTO agencies_user"
        " (password, is_active, is_staff, email, full_name, language, phone, charter, date_joined)"
        " SELECT %s, true, false, replace(%s, '{}', n::text), 'Agent ' || n, 'fr', '', '', now()"
        " FROM generate_series(%s, %s) n RETURNING id)"
        " INSERT INTO agencies_membership (user_id, agency_id, kind, roles, title, active, created_at)"
        " SELECT id, %s, 'person', ARRAY[%s], '', true, now() FROM made",
        hashed, address, numbers.start, numbers.stop - 1, agency, str(role),
    )  # fmt: skip


def _ask(ledger: Ledger, shelters: list[int], requests: int) -> None:
    """Open a case of an alert and ask a shelter for a place, each shelter in its turn, as often as said."""
    from agencies.models import Agency, Level, Membership, Service
    from foundation.actor import acting_as
    from referral.alerts.operations import alerts
    from referral.orientations.operations import orientations
    from victims.consents import operations as consents

    def acting(address: str) -> Membership:
        found = Membership.objects.using("owner").select_related("agency", "user").get(user__email=address)
        for row in (found, found.agency, found.user):
            row._state.db = "default"
        return found

    lead, author = acting(DESK.format(1)), acting(AUTHOR)
    for shelter, _ in zip(cycle(shelters), range(requests), strict=False):
        with acting_as(author):
            sent = alerts.send_alert(author, alerts.start_draft(author, answers=answers("silent")).pk)
        with acting_as(lead):
            case = alerts.open_case(lead, sent.pk)
            addressee, service = Agency.objects.get(pk=shelter), Service.objects.get(pk="safe_housing")
            given = {"kinds": [], "agencies": [shelter], "level": Level.SUMMARY, "categories": 0}
            consent = consents.record_consent(lead, case.pk, **given)
            drafted = orientations.draft_orientation(
                lead, case, addressee=addressee, service=service, consent=consent, level=Level.SUMMARY
            )
            orientations.send_orientation(lead, drafted.pk)
