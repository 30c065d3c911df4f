"""`/metrics`: what it tells who runs the platform, what it never tells, and to whom it answers."""

from datetime import timedelta
from ipaddress import ip_network

import pytest
from celery.signals import task_failure
from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.test import Client, RequestFactory
from django.urls import get_resolver
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families

from agencies.models import Agency, Kind, Membership, Role, Tries, User
from foundation.actor import SYSTEM, acting_as
from foundation.tasks import one_by_one
from journal.models import Figure, Heartbeat
from notifications.models import Installation
from notifications.operations import waiting
from notifications.tasks import pulse
from referral.config import figures, health, heartbeats, metrics, serving
from referral.models import Alert, MatchAlarm
from referral.tasks import measure
from tests import factories as f
from tests.guarantees.world import World
from tests.notifications.listener import hook_of
from tests.notifications.post import fan_out
from tests.roles import as_role
from victims.models import Case, ReadingAlarm

pytestmark = pytest.mark.django_db
NAMED = {  # what is looked for
    User: ("email", "full_name"), Agency: ("name",), Case: ("pk", "reference"), Alert: ("pk", "reference"),
    ReadingAlarm: ("reference",),
}  # fmt: skip


class Queues:
    """Answer like `inspect`: what no worker of this test could."""

    def __init__(self, *read: str):
        self.read = read

    def __call__(self, timeout):
        return self

    def active_queues(self):
        return {str(host): [{"name": settings.QUEUES[name]}] for host, name in enumerate(self.read)} or None


@pytest.fixture(autouse=True)
def workers(monkeypatch):
    monkeypatch.setattr(metrics.app.control, "inspect", Queues(*settings.QUEUES))


def scraped() -> dict[str, float]:
    """Return {metric or metric{label}: value} of a page, as the application's role reads it."""
    families = text_string_to_metric_families(metrics.page().decode())
    return {
        sample.name + (f"{{{','.join(sample.labels.values())}}}" if sample.labels else ""): sample.value
        for family in families
        for sample in family.samples
    }


def measured() -> dict[str, float]:
    with as_role("nrm_worker"):
        measure()
    return scraped()


def test_requests_are_counted_by_route_and_never_by_address():
    client, pk = Client(), "0b0e1dbb-7f29-4c2e-9f3f-0f2b3f1c1a11"
    before = scraped()
    client.get(f"/dossiers/{pk}/")
    client.get("/connexion/?next=/SECR-ETRF/")
    client.get("/SECR-ETRF/")
    client.generic("SECR", "/connexion/")
    after = scraped()
    risen = {name for name, value in after.items() if value != before.get(name, 0) and "requests_total" in name}
    assert risen == {
        "repere_requests_total{GET,referral:case-detail,302}",
        "repere_requests_total{GET,login,200}",
        "repere_requests_total{GET,none,404}",
        "repere_requests_total{other,login,405}",
    }
    assert after["repere_request_seconds_count{login}"] == before.get("repere_request_seconds_count{login}", 0) + 2
    assert not [name for name in after if "SECR" in name or pk in name]


def routes(resolver=None, before: str = "") -> set[str]:
    """Return the names of all routes, as the views know them."""
    found = set()
    for each in (resolver or get_resolver()).url_patterns:
        if hasattr(each, "url_patterns"):
            found |= routes(each, f"{before}{each.namespace}:" if each.namespace else before)
        else:
            found.add(f"{before}{each.name}")
    return found


def said_by_labels() -> dict[str, set[str]]:
    """Return, by label, all that it may say: words of the code, and nothing that a person wrote."""
    return {
        "route": {*routes(), "none", "static"},
        "method": {*metrics.METHODS, "other"},
        "status": {str(status) for status in range(200, 600)},
        "le": {"+Inf", "0.025", "0.05", "0.1", "0.25", "0.5", "1.0", "2.5", "5.0", "10.0"},
        "part": {"database", "broker"},
        "kind": {"beat", *settings.CELERY_BEAT_SCHEDULE},
        "notice": {"vital", "other", "mailing", "documents"},
        "queue": set(settings.QUEUES),
        "work": set(figures.works()),
        "count": set(Tries.Kind.values) - {"known"},
        "channel": {"mail", "sms"},
    }


def test_after_acts_of_everybody_it_names_nobody():
    """Names, addresses and references of the database are looked for in the page; labels say words of the code."""
    metrics.REQUESTS.clear(), metrics.SECONDS.clear()  # of the tests before this one in the same process
    world = World()
    cases = [relation.case for relation in world.relations.values() if relation.case]
    for member in (world.coordinator, world.nurse):
        client = Client()
        client.force_login(member.user)
        for path in ("/", "/dossiers/?q=SECR-ETRF", "/boite/", "/SECR-ETRF/", f"/dossiers/{cases[0].pk}/"):
            client.get(path)
    fan_out()
    with as_role("nrm_owner"):
        hidden = {
            str(text) for model, fields in NAMED.items() for row in model.objects.values_list(*fields) for text in row
        }
    measured()
    page = metrics.page().decode()
    assert len(hidden) > 60 and "referral:case-detail" in page
    assert [text for text in hidden | {"SECR-ETRF", "SECR"} if text and text in page] == []
    allowed = said_by_labels()
    for family in text_string_to_metric_families(page):
        for sample in family.samples:
            assert not [label for label, value in sample.labels.items() if value not in allowed[label]], sample


def test_heartbeat_that_stops_grows_past_its_limit():
    with as_role("nrm_worker"):
        heartbeats.write(*heartbeats.limits())
    well = scraped()
    kinds = [name[len("repere_heartbeat_age_seconds{") : -1] for name in well if "heartbeat_age" in name]
    assert set(kinds) == {"beat", *settings.CELERY_BEAT_SCHEDULE}

    def late(found):
        age, limit = "repere_heartbeat_age_seconds", "repere_heartbeat_limit_seconds"
        return [kind for kind in kinds if found[f"{age}{{{kind}}}"] > found[f"{limit}{{{kind}}}"]]

    assert late(well) == []
    with as_role("nrm_worker"), acting_as(SYSTEM):
        Heartbeat.objects.filter(kind="beat").update(at=timezone.now() - timedelta(minutes=3))
    assert late(scraped()) == ["beat"]
    with as_role("nrm_owner"):
        Heartbeat.objects.filter(kind="due").delete()
    assert set(late(scraped())) == {"beat", "due"}, "never ran"
    with as_role("nrm_worker"), acting_as(SYSTEM):
        Heartbeat.objects.filter(kind="beat").update(at=timezone.now() + timedelta(minutes=3))
    assert "beat" in late(scraped()), "the clock was moved back"


def test_oldest_notice_is_told_by_its_age():
    f.national()
    f.member(f.coordination(), Role.COORDINATOR)
    f.sent_alert(f.member(f.agency(Kind.EDUCATION, desk=False), Role.FRONTLINE), danger="yes")
    fan_out()
    with as_role("nrm_owner"):
        connection.cursor().execute("UPDATE notifications_event SET fanned_at = now() - interval '6 minutes'")
    with as_role("nrm_worker"):
        waiting.note_oldest()
    found = measured()
    assert 360 <= found["repere_oldest_unsent_seconds{vital}"] < 380
    assert (found["repere_messages_waiting{mail}"], found["repere_messages_waiting{sms}"]) == (1, 0)


def test_sign_in_that_is_closed_is_counted_by_kind():
    soon, now = timezone.now() + timedelta(minutes=9), timezone.now()
    with as_role("nrm_owner"):
        for number, (kind, until) in enumerate(
            [("account", soon), ("account", soon), ("total", soon), ("pair", now - timedelta(1)), ("known", soon)]
        ):
            Tries.objects.create(digest=str(number), kind=kind, level=9, at=now, until=until)
    found = measured()
    assert {name: value for name, value in found.items() if "sign_in_closed" in name} == {
        f"repere_sign_in_closed{{{kind}}}": value
        for kind, value in {"pair": 0, "browser": 0, "account": 2, "address": 0, "total": 1, "rate": 0}.items()
    }


def test_alarms_that_wait_for_somebody_are_counted():
    member = f.member(f.shelter())
    with as_role("nrm_owner"):
        for hours, window, lifted in ((0.5, "hour", None), (2, "hour", None), (2, "week", None), (3, "week", True)):
            ReadingAlarm.objects.create(
                agency=member.agency, membership=member, kind="file", window=window, most=60,
                at=timezone.now() - timedelta(hours=hours), lifted_at=lifted and timezone.now(),
            )  # fmt: skip
        MatchAlarm.objects.create(member=member, day=timezone.localdate(), count=9)
    found = measured()
    assert found["repere_reading_alarms"] == 2, "the hour of one is over, a second person lifted another"
    assert found["repere_match_alarms"] == 1


def test_webhooks_that_were_paused_for_taking_nothing_are_counted():
    home = f.shelter()
    cut = f.program(home)
    for program, why in (
        (f.program(home), "failed"),
        (f.program(home), "gone"),
        (f.program(home), "hand"),
        (cut, "gone"),
    ):
        hook_of(program, "https://program.example/", paused_why=why, paused_at=timezone.now())
    with as_role("nrm_owner"):
        Membership.objects.filter(pk=cut.pk).update(active=False)
    assert measured()["repere_webhooks_paused"] == 2, "not by hand, and not of a program that was cut"


def test_work_that_fails_is_counted_from_zero_and_stays_counted():
    before = measured()
    works = {name for name in before if "failed_work" in name}
    assert works == {f"repere_failed_work_total{{{work}}}" for work in figures.works()}
    assert "repere_failed_work_total{referral.tasks.due}" in works and {before[name] for name in works} == {0}

    def fail(number):
        raise ValueError(number)

    with as_role("nrm_worker"):
        assert one_by_one("alert", [(1,), (2,)], fail) == 0
        task_failure.send(sender=pulse, exception=ValueError())
    after = measured()
    assert after["repere_failed_work_total{row}"] == 2
    assert after["repere_failed_work_total{notifications.tasks.pulse}"] == 1


def test_failure_that_cannot_be_counted_stops_nothing(caplog):
    with as_role("nrm_owner"), transaction.atomic():
        connection.cursor().execute("ALTER TABLE journal_figure RENAME TO elsewhere")
        figures.count_failure("row")
        connection.cursor().execute("ALTER TABLE elsewhere RENAME TO journal_figure")
    assert "a failure of row was not counted: ProgrammingError" in caplog.text


def test_copy_that_sends_nothing_is_told():
    assert scraped()["repere_held_back"] == 0
    with as_role("nrm_owner"):
        Installation.objects.update(cluster="another")
    assert scraped()["repere_held_back"] == 1


def test_queue_without_a_worker_is_told(monkeypatch):
    assert {scraped()[f"repere_workers{{{queue}}}"] for queue in settings.QUEUES} == {1}
    monkeypatch.setattr(metrics.app.control, "inspect", Queues("due", "due", "sweep", "mail", "work"))
    found = {queue: scraped()[f"repere_workers{{{queue}}}"] for queue in settings.QUEUES}
    assert found == {"due": 2, "sweep": 1, "vital": 0, "mail": 1, "bulk": 0, "hooks": 0, "work": 1}
    monkeypatch.setattr(metrics.app.control, "inspect", Queues())
    assert {scraped()[f"repere_workers{{{queue}}}"] for queue in settings.QUEUES} == {0}


def test_database_and_broker_that_are_away_are_told(monkeypatch):
    found = scraped()
    assert (found["repere_part_up{database}"], found["repere_part_up{broker}"]) == (1, 1)
    assert 0 < found["repere_database_connections"] < found["repere_database_connections_max"]
    monkeypatch.setattr(health, "broker", lambda: "no answer (ConnectionRefusedError)")
    monkeypatch.setattr(metrics, "SHARED", "SELECT pg_sleep(9), %(site)s, %(slot)s")
    monkeypatch.setattr(metrics, "STATEMENT_SECONDS", 1)
    found = scraped()
    assert (found["repere_part_up{database}"], found["repere_part_up{broker}"]) == (0, 0), "a slow one too"
    assert not [name for name in found if "workers" in name or "heartbeat" in name]


def test_application_writes_no_figure():
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        Figure.objects.create(name="failed_work:row", value=0, at=timezone.now())


def test_public_port_does_not_know_the_page():
    assert Client().get("/metrics").status_code == 404
    answer = health.HealthMiddleware(lambda request: "went on")(RequestFactory().get("/metrics"))
    assert answer == "went on"


def test_port_answers_this_host_and_the_networks_that_may_ask(settings):
    settings.METRICS_FROM, settings.TRUSTED_PROXIES = [ip_network("172.31.252.0/28")], [ip_network("172.31.251.0/29")]
    callers = ("127.0.0.1", "172.31.252.3", "172.31.251.3", "172.31.251.9")
    asked = {caller: serving.paths_for(caller, health.ANSWERS) for caller in callers}
    assert asked == {
        "127.0.0.1": {"/healthz", "/readyz", "/metrics"},
        "172.31.252.3": {"/metrics"},
        "172.31.251.3": {"/healthz"},  # a proxy, which asks whether to send requests here
        "172.31.251.9": set(),
    }
    settings.METRICS_FROM = []
    assert serving.paths_for("172.31.252.3", health.ANSWERS) == set()
