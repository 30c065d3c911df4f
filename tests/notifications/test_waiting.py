"""A mail server that takes nothing shows within the hour, by every way it is watched; one address that is wrong does
not."""

from datetime import timedelta

import pytest
from aiosmtpd.controller import Controller
from django.db import connection
from django.utils import timezone

from agencies.models import Kind, Membership, Role
from deploy import alive
from dev.services.embedded import free_port
from notifications.models import Event, Notice
from notifications.operations import waiting
from referral.config import heartbeats, metrics
from tests import factories as f
from tests.referral.config.alerts import series
from tests.roles import as_role

from .post import fan_out, one_pass
from .test_bulk import lay

pytestmark = pytest.mark.django_db


class Server:
    """A mail server that refuses the recipients that `refuses` says; None: everybody."""

    def __init__(self):
        self.refuses, self.taken = set(), []

    async def handle_RCPT(self, server, session, envelope, address, options):
        if self.refuses is None or address in self.refuses:
            return "550 no such recipient"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        self.taken += envelope.rcpt_tos
        return "250 OK"


def use(settings, port: int) -> None:
    settings.MAILERS = {
        "default": {
            "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
            "OPTIONS": {"host": "127.0.0.1", "port": port, "timeout": 5},
        }
    }


@pytest.fixture
def server(settings):
    handler, port = Server(), free_port()
    running = Controller(handler, hostname="127.0.0.1", port=port)
    running.start()
    use(settings, port)
    yield handler
    running.stop()


@pytest.fixture
def unit():
    f.national()
    return f.coordination()


@pytest.fixture
def nurse(unit):
    return f.member(f.agency(Kind.EDUCATION, desk=False), Role.FRONTLINE)


def pass_by(time: timedelta) -> None:
    """Have so much time pass for all that waits and all that left."""
    with as_role("nrm_owner"), connection.cursor() as cursor:
        cursor.execute("UPDATE notifications_event SET at = at - %s, fanned_at = fanned_at - %s", [time, time])
        cursor.execute("UPDATE notifications_notice SET due_at = due_at - %s, sent_at = sent_at - %s", [time, time])


def an_hour(minutes: int = 61) -> int:
    """Try again each minute for so long, as the sweep does; return how many left."""
    left = one_pass()
    for _ in range(minutes):
        pass_by(timedelta(minutes=1))
        left += one_pass()
    return left


def late() -> set[str]:
    """Return who says that ordinary messages wait: the healthcheck of `mail`, /readyz, the figure of the alert."""
    with as_role("nrm_worker"):
        waiting.note_oldest()
        with connection.cursor() as cursor:
            cursor.execute(alive.ASK)
            known = dict(cursor.fetchall())
        said = {"healthcheck"} if alive.late(["other-notices"], known) else set()
        said |= {"readyz"} if heartbeats.late()["other-notices"] else set()
    found = series(metrics.page().decode())
    return said | ({"alert"} if found['repere_oldest_unsent_seconds{notice="other"}'] > 3600 else set())


ALL = {"healthcheck", "readyz", "alert"}


def most_tried() -> int:
    with as_role("nrm_owner"):
        return max(Notice.objects.filter(channel="mail", state="queued").values_list("attempts", flat=True))


def test_a_server_that_refuses_everybody_shows_after_an_hour(server, unit, nurse):
    for _ in range(3):
        f.member(unit, Role.COORDINATOR)
    f.sent_alert(nurse)
    assert an_hour(5) == 3 and late() == set(), "it worked until now"
    server.refuses = None
    f.sent_alert(nurse)
    assert an_hour(50) == 0 and late() == set(), "not yet an hour"
    assert an_hour(11) == 0 and most_tried() > waiting.TRIED
    assert late() == ALL
    server.refuses = set()
    assert an_hour(120) == 3 and late() == set(), "once it takes them"


def test_a_server_that_is_away_shows_after_an_hour(settings, unit, nurse):
    use(settings, free_port())
    f.member(unit, Role.COORDINATOR)
    f.sent_alert(nurse)
    assert an_hour() == 0 and most_tried() > waiting.TRIED
    assert late() == ALL


def test_a_server_that_dies_in_the_middle_of_a_batch_shows_after_an_hour(server, unit, nurse):
    """What left in the same moment says nothing of what was refused since."""
    members = [f.member(unit, Role.COORDINATOR) for _ in range(3)]
    server.refuses = {member.user.email for member in members[1:]}
    f.sent_alert(nurse)
    assert one_pass() == 1
    server.refuses = None
    assert an_hour() == 0 and late() == ALL


def test_one_address_that_is_always_refused_shows_nothing_while_others_are_told(server, unit, nurse):
    wrong, right = f.member(unit, Role.COORDINATOR), f.member(unit, Role.COORDINATOR)
    server.refuses = {wrong.user.email}
    for _ in range(2):
        f.sent_alert(nurse)
        an_hour(20)
    an_hour(180)
    assert server.taken == 2 * [right.user.email] and most_tried() > waiting.TRIED
    assert late() == set(), "a quiet night"
    with as_role("nrm_owner"):
        assert Notice.objects.filter(channel="mail", state="queued", membership=wrong).count() == 2


def test_several_refused_show_until_another_leaves(server, unit, nurse):
    members = [f.member(unit, Role.COORDINATOR) for _ in range(3)]
    server.refuses = {member.user.email for member in members[1:]}
    f.sent_alert(nurse)
    an_hour()
    assert late() == ALL
    f.sent_alert(nurse)
    assert one_pass() == 1 and late() == set()


def of_domain(member, domain: str):
    with as_role("nrm_owner"):
        member.user.email = f"agent{member.pk}@{domain}"
        member.user.save(update_fields=["email"])
    return member


@pytest.mark.parametrize(("domain", "shows"), [("foyer.invalid", True), ("FOYER.invalid", False)])
def test_a_domain_that_refuses_shows_while_others_are_told(server, unit, nurse, domain, shows):
    """For fifteen hours nobody was told: each message that left elsewhere said that the server is well. Several wrong
    addresses of a domain that takes another message show nothing."""
    closed = [of_domain(f.member(unit, Role.COORDINATOR), "foyer.invalid") for _ in range(2)]
    told = of_domain(f.member(unit, Role.COORDINATOR), "mairie.invalid" if shows else domain)
    server.refuses = {member.user.email for member in closed}
    f.sent_alert(nurse)
    assert an_hour(50) == 1 and late() == set()
    f.sent_alert(nurse)
    assert an_hour(11) == 1 and server.taken == [told.user.email] * 2
    assert late() == (ALL if shows else set())
    server.refuses = set()
    assert an_hour(120) == 4 and late() == set()


@pytest.mark.parametrize(("told", "shows"), [(3, set()), (2, ALL)])
def test_a_domain_that_takes_more_than_it_refuses_is_not_closed(server, unit, nurse, told, shows):
    """Two addresses that are no more, of a domain where others were told in the same minute, and nobody since."""
    gone = [of_domain(f.member(unit, Role.COORDINATOR), "foyer.invalid") for _ in range(2)]
    here = [of_domain(f.member(unit, Role.COORDINATOR), "foyer.invalid") for _ in range(told)]
    of_domain(f.member(unit, Role.COORDINATOR), "mairie.invalid")
    server.refuses = {member.user.email for member in gone}
    f.sent_alert(nurse)
    assert an_hour(50) == told + 1 and late() == set()
    with as_role("nrm_owner"):
        Membership.objects.filter(pk__in=[member.pk for member in here]).update(active=False)
    f.sent_alert(nurse)
    assert an_hour(11) == 1, "elsewhere"
    assert late() == shows


def test_one_address_of_a_domain_may_be_wrong(server, unit, nurse):
    wrong = of_domain(f.member(unit, Role.COORDINATOR), "foyer.invalid")
    of_domain(f.member(unit, Role.COORDINATOR), "mairie.invalid")
    server.refuses = {wrong.user.email}
    for _ in range(2):
        f.sent_alert(nurse)
        an_hour(40)
    assert most_tried() > waiting.TRIED and late() == set()


def test_a_wrong_address_hides_no_server_that_dies_after_it(server, unit, nurse):
    wrong = f.member(unit, Role.COORDINATOR)
    f.member(unit, Role.COORDINATOR)
    server.refuses = {wrong.user.email}
    f.sent_alert(nurse)
    an_hour(15)
    f.sent_alert(nurse)
    assert an_hour(1) == 1
    server.refuses = None
    f.sent_alert(nurse)
    an_hour(61)
    assert late() == ALL


@pytest.mark.parametrize(
    ("kind", "hides"), [("alert_sent", True), ("consultation_opened", False), ("alert_vital", False)]
)
def test_only_what_the_same_worker_sends_says_that_its_server_is_there(server, unit, nurse, kind, hides):
    """A danger to life may leave by a worker whose password is right."""
    member = f.member(unit, Role.COORDINATOR)
    server.refuses = None
    f.sent_alert(nurse)
    an_hour()
    with as_role("nrm_owner"):
        event = Event.objects.get(kind="alert_sent")
        Notice.objects.create(
            event=Event.objects.create(kind=kind, subject="none", subject_id=event.pk, reference="X", audience=[],
                                       fanned_at=timezone.now()),
            membership=member, channel="mail", state="sent", kind=kind, subject="none", subject_id=event.pk,
            reference="X", at=timezone.now(), sent_at=timezone.now(),
        )  # fmt: skip
    assert late() == (set() if hides else ALL)


def test_a_long_mailing_hides_no_alert_and_is_late_after_twelve_hours(unit, nurse):
    member = f.member(unit, Role.COORDINATOR)
    lay(5, member)

    def late_kinds() -> set[str]:
        with as_role("nrm_worker"):
            waiting.note_oldest()
            said = heartbeats.late()
        return {kind for kind, reason in said.items() if reason and kind.endswith("-notices")}

    pass_by(timedelta(minutes=90))
    assert late_kinds() == set() == late(), "still being sent"
    f.sent_alert(nurse)
    fan_out()
    pass_by(timedelta(minutes=59))
    assert late_kinds() == set()
    pass_by(timedelta(minutes=2))
    assert late_kinds() == {"other-notices"} and late() == ALL, "the alert, though the mailing may wait"
    with as_role("nrm_owner"):
        Notice.objects.filter(kind="alert_sent").update(state="sent")
    assert late_kinds() == set()
    pass_by(timedelta(hours=10))
    assert late_kinds() == {"mailing-notices"} and late() == set()
