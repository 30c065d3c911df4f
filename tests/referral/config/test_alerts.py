"""Each alert: its thing is broken, its metric moves, and promtool says that it fires, alone."""

import json
import os
import re
import time
from collections.abc import Callable
from datetime import timedelta
from importlib.util import module_from_spec, spec_from_file_location
from types import SimpleNamespace

import pytest
import yaml
from django.conf import settings
from django.db import connections
from django.http import HttpResponse
from django.test import RequestFactory
from django.utils import timezone
from prometheus_client import CollectorRegistry, generate_latest

from agencies.models import Kind, Role, Tries
from dev.hygiene import ROOT
from foundation.actor import SYSTEM, acting_as
from foundation.tasks import one_by_one
from journal.models import Heartbeat
from journal.operations import note_faults
from notifications.models import Event, Installation, Notice
from notifications.operations import waiting
from referral.config import health, heartbeats, metrics, replica
from referral.models import MatchAlarm
from referral.tasks import measure
from tests import factories as f
from tests.notifications.listener import hook_of
from tests.notifications.post import fan_out
from tests.roles import as_role
from victims.files.rules import WAITING
from victims.models import ReadingAlarm

from .alerts import HEALTHY, RULES, fires, promtool, series

pytestmark = pytest.mark.django_db
DASHBOARD = ROOT / "deploy" / "grafana" / "repere.json"
ALERTS = {rule["alert"]: rule for group in yaml.safe_load(RULES.read_text())["groups"] for rule in group["rules"]}
_spec = spec_from_file_location("disks", ROOT / "deploy" / "disks.py")
disks = module_from_spec(_spec)
_spec.loader.exec_module(disks)


class Installed:
    """Hold an installation in which all is well, as far as Prometheus sees it."""

    def __init__(self, place, monkeypatch):
        self.patch, self.backups = monkeypatch, place / "backups"
        self.room = SimpleNamespace(total=100, free=40)
        self.asked, self.streams = dict(HEALTHY), 1.0
        self.behind = 4.0
        monkeypatch.setitem(connections.settings, replica.ALIAS, connections["default"].settings_dict)
        monkeypatch.setattr(replica, "behind", lambda: self.behind)
        monkeypatch.setattr(disks.shutil, "disk_usage", lambda folder: self.room)
        self.read(*settings.QUEUES)
        for name in ("base/20261127T100000Z/repere.json", "wal/000000010000000000000001.partial"):
            (self.backups / name).parent.mkdir(parents=True)
            (self.backups / name).write_text("{}")
        f.national()
        f.member(f.coordination(), Role.COORDINATOR)
        self.author = f.member(f.agency(Kind.EDUCATION, desk=False), Role.FRONTLINE)
        with as_role("nrm_worker"):
            heartbeats.write(*heartbeats.limits())
            waiting.note_oldest()
        self.request("200")

    def read(self, *queues: str) -> None:
        """Have these queues read by a worker."""
        said = {name: [{"name": settings.QUEUES[name]}] for name in queues}
        self.patch.setattr(metrics.app.control, "inspect", lambda timeout: SimpleNamespace(active_queues=lambda: said))

    def request(self, status: str) -> None:
        answer = metrics.MetricsMiddleware(lambda request: HttpResponse(status=int(status)))
        request = RequestFactory().get("/")
        request.resolver_match = None
        answer(request)

    def scraped(self) -> dict[str, float]:
        """Return what Prometheus would have: what a scrape fails for is missing."""
        found = dict(self.asked)
        if found['up{job="web"}']:
            with as_role("nrm_worker"):
                measure()
            found |= series(metrics.page().decode())
            if "repere_wal_streams{}" in found:  # a real stream: tests/production; here a test of backups may have one
                found["repere_wal_streams{}"] = self.streams
        if found['up{job="disks"}']:
            registry = CollectorRegistry()
            registry.register(disks.Disks({"database": self.backups, "backups": self.backups}, self.backups))
            found |= series(generate_latest(registry).decode())
        return found


@pytest.fixture
def installed(tmp_path, monkeypatch):
    return Installed(tmp_path, monkeypatch)


def web_away(here):
    here.asked['up{job="web"}'] = 0.0


def nobody_hashes(here):
    here.asked['up{job="sign-in"}'] = 0.0


def database_slow(here):
    here.patch.setattr(metrics, "STATEMENT_SECONDS", 1)
    here.patch.setattr(metrics, "SHARED", "SELECT pg_sleep(9), %(site)s, %(slot)s")


def broker_away(here):
    here.patch.setattr(health, "broker", lambda: "no answer (ConnectionRefusedError)")


def danger_waits(here):
    f.sent_alert(here.author, danger="yes")
    late(timedelta(minutes=6))


def alert_waits(here):
    f.sent_alert(here.author)
    late(timedelta(hours=30))  # more than a night and a weekend day of closed desks


def mailing_waits(age: timedelta) -> Callable:
    def wait(here):
        f.sent_alert(here.author)
        fan_out()
        with as_role("nrm_owner"):
            Event.objects.update(fanned_at=timezone.now() - age)
            Notice.objects.filter(channel="mail").update(kind="consultation_opened")
        with as_role("nrm_worker"):
            waiting.note_oldest()

    return wait


def late(age: timedelta) -> None:
    """Have the notices of all events wait since then."""
    fan_out()
    with as_role("nrm_owner"):
        Event.objects.update(fanned_at=timezone.now() - age)
        assert Notice.objects.filter(channel="mail", state="queued").exists()
    with as_role("nrm_worker"):
        waiting.note_oldest()


def stopped(*kinds: str) -> Callable:
    def stop(here):
        with as_role("nrm_worker"), acting_as(SYSTEM):
            assert Heartbeat.objects.filter(kind__in=kinds).update(at=timezone.now() - timedelta(minutes=5))

    return stop


def document_waits(age: timedelta) -> Callable:
    def wait(here):
        with as_role("nrm_worker"), acting_as(SYSTEM):
            Heartbeat.objects.update_or_create(kind=WAITING, defaults={"at": timezone.now() - age})

    return wait


def queue_unread(here):
    here.read(*set(settings.QUEUES) - {"vital"})


def row_fails(here):
    with as_role("nrm_worker"):
        one_by_one("alert", [(1,)], lambda number: 1 // 0)


def copied(here):
    with as_role("nrm_owner"):
        Installation.objects.update(cluster="another")


def closed(kind: str, number: int) -> Callable:
    def close(here):
        now = timezone.now()
        with as_role("nrm_owner"):
            for each in range(number):
                Tries.objects.create(digest=str(each), kind=kind, level=30, at=now, until=now + timedelta(minutes=9))

    return close


def budget_spent(here):
    with as_role("nrm_owner"):
        ReadingAlarm.objects.create(
            agency=here.author.agency, membership=here.author, kind="file", window="hour", most=60
        )


def many_matches(here):
    with as_role("nrm_owner"):
        MatchAlarm.objects.create(member=here.author, day=timezone.localdate(), count=9)


def webhook_paused(here):
    hook_of(f.program(f.shelter()), "https://program.example/", paused_why="failed", paused_at=timezone.now())


def journal_altered(here):
    with as_role("nrm_worker"), acting_as(SYSTEM):
        note_faults(1)


def pages_fail(here):
    here.request("500")


def pages_slow(here):
    metrics.SECONDS.labels("home").observe(4)


def few_connections(here):
    here.patch.setattr(metrics, "SHARED", metrics.SHARED.replace("current_setting('max_connections')::float", "1"))


def room_left(free: int) -> Callable:
    def fill(here):
        here.room = SimpleNamespace(total=100, free=free)

    return fill


def disks_away(here):
    here.asked['up{job="disks"}'] = 0.0


def no_stream(here):
    here.streams = 0.0


def replica_late(seconds: float | None) -> Callable:
    def stay(here):
        here.behind = seconds

    return stay


def backup_old(name: str, hours: float) -> Callable:
    def age(here):
        ago = time.time() - 3600 * hours
        for path in here.backups.glob(name):
            os.utime(path, (ago, ago))

    return age


BROKEN = [
    (web_away, {"WebDown"}),
    (nobody_hashes, {"SignInDown"}),
    (database_slow, {"DatabaseAway"}),
    (broker_away, {"BrokerAway"}),
    (danger_waits, {"DangerNotTold"}),
    (alert_waits, {"NoticesNotSent"}),
    (mailing_waits(timedelta(hours=13)), {"MailingsNotSent"}),
    (mailing_waits(timedelta(hours=11)), set()),
    (document_waits(timedelta(minutes=31)), {"DocumentsNotScanned"}),
    (document_waits(timedelta(minutes=20)), set()),
    (stopped("beat"), {"BeatStopped"}),
    (stopped("due"), {"DueWorkLate"}),
    (queue_unread, {"QueueWithoutWorker"}),
    (row_fails, {"WorkFails"}),
    (copied, {"CopyHeldBack"}),
    (closed("total", 1), {"SignInAttacked"}),
    (closed("account", 21), {"SignInAttacked"}),
    (closed("account", 5), set()),
    (budget_spent, {"ReadingAlarm"}),
    (many_matches, {"AccountToCheck"}),
    (webhook_paused, {"WebhookPaused"}),
    (journal_altered, {"JournalAltered"}),
    (pages_fail, {"PagesFail"}),
    (pages_slow, {"PagesSlow"}),
    (few_connections, {"ConnectionsShort"}),
    (room_left(10), {"DiskAlmostFull"}),
    (room_left(3), {"DiskAlmostFull", "DiskFull"}),
    (disks_away, {"DisksUnknown"}),
    (no_stream, {"WalNotReceived"}),
    (replica_late(None), {"ReplicaBehind"}),
    (replica_late(180), {"ReplicaBehind"}),
    (replica_late(60), set()),
    (backup_old("base/*/*", 27), {"BackupOld"}),
    (backup_old("wal/*", 0.5), {"BackupOld"}),
]


@pytest.mark.long
@pytest.mark.parametrize(("break_it", "expected"), BROKEN, ids=lambda each: getattr(each, "__qualname__", None))
def test_what_is_broken_fires_its_alert_and_no_other(installed, tmp_path, break_it, expected):
    well = installed.scraped()
    break_it(installed)
    assert fires(tmp_path, well, installed.scraped(), expected) == ""


def test_each_alert_is_tried():
    assert set().union(*(expected for _, expected in BROKEN)) == set(ALERTS)


def test_promtool_finds_nothing_wrong_with_the_files():
    for arguments in (
        ("check", "rules", RULES),
        ("check", "config", "--syntax-only", RULES.with_name("prometheus.yml")),
    ):
        done = promtool(*arguments)
        assert done.returncode == 0, done.stdout + done.stderr


def test_each_alert_names_a_page_of_the_runbook_that_says_what_to_do():
    listed = (ROOT / "docs/runbook/README.md").read_text()
    for name, rule in ALERTS.items():
        page = ROOT / rule["annotations"]["runbook"]
        assert page.parent == ROOT / "docs/runbook" and page.is_file(), name
        assert f"`{name}`" in page.read_text(), f"{page.name} does not say what to do when {name} fires"
        assert page.name in listed
        assert rule["labels"]["severity"] in ("night", "day") and rule["annotations"]["summary"], name


def test_each_metric_of_the_dashboard_and_of_the_alerts_is_scraped(installed):
    panels = json.loads(DASHBOARD.read_text())["panels"]
    asked = [target["expr"] for panel in panels for target in panel.get("targets", ())]
    asked += [rule["expr"] for rule in ALERTS.values()]
    named = {name for expression in asked for name in re.findall(r"\brepere_\w+", expression)}
    scraped = {name.split("{")[0] for name in installed.scraped()}
    assert len(named) > 20 and named - scraped == set()
    known = {re.sub("_(bucket|sum|count)$", "", name) for name in named}
    unused = {
        re.sub("_(bucket|sum|count|created)$", "", name) for name in scraped if name.startswith("repere_")
    } - known
    assert unused <= {"repere_requests"}, "a figure that nobody looks at"


def test_expressions_of_the_dashboard_are_read_by_prometheus(tmp_path):
    panels = json.loads(DASHBOARD.read_text())["panels"]
    expressions = [target["expr"] for panel in panels for target in panel.get("targets", ())]
    rules = [{"record": f"panel:{number}", "expr": text} for number, text in enumerate(expressions)]
    path = tmp_path / "panels.yml"
    path.write_text(json.dumps({"groups": [{"name": "panels", "rules": rules}]}))
    done = promtool("check", "rules", path)
    assert done.returncode == 0 and f"{len(rules)} rules found" in done.stdout, done.stdout + done.stderr


def test_errors_that_all_came_between_two_scrapes_are_seen(tmp_path):
    """A route that had no error yet has no series: the first one Prometheus reads holds them all, and does not rise."""
    [panel] = [
        panel for panel in json.loads(DASHBOARD.read_text())["panels"] if "Errors of the server" in panel["title"]
    ]
    ok, failed = (
        f'repere_requests_total{{job="web",method="POST",route="home",status="{code}"}}' for code in (200, 500)
    )
    seen = {"expr": panel["targets"][0]["expr"], "eval_time": "22m",
            "exp_samples": [{"labels": '{method="POST",route="home"}', "value": 0.11}]}  # fmt: skip
    quiet = [seen | {"eval_time": time, "exp_samples": []} for time in ("19m", "28m")]
    rises = {"expr": ALERTS["PagesFail"]["expr"], "eval_time": "22m", "exp_samples": [{"labels": "{}", "value": 0.11}]}
    series_ = [{"series": ok, "values": "0+60x30"}, {"series": failed, "values": "_x20 33x10"}]
    test = {"interval": "1m", "input_series": series_, "promql_expr_test": [seen, *quiet, rises]}
    path = tmp_path / "born.yml"
    path.write_text(json.dumps({"rule_files": [str(RULES)], "evaluation_interval": "1m", "tests": [test]}))
    done = promtool("test", "rules", path)
    assert done.returncode == 0, done.stdout + done.stderr


def test_page_that_fails_for_all_is_seen_while_sign_in_is_stormed(tmp_path):
    """The inbox of alerts answers nobody, and is one answer in sixty: somebody tries passwords meanwhile."""

    def of(route: str, status: int, values: str) -> dict:
        labels = f'instance="a",job="web",method="GET",route="{route}",status="{status}"'
        return {"series": f"repere_requests_total{{{labels}}}", "values": values}

    storm = [of("login", 200, "0+480x40"), of("login", 429, "0+480x40")]
    inbox = [of("inbox", 200, "0+20x20 400x20"), of("inbox", 503, "0x20 0+20x20")]
    rare = [of("print", 503, "0x20 0+1x20")]  # one a minute, by who tries again
    asked = 'group by (alertname, route) (ALERTS{alertname="PagesFail",alertstate="firing"})'
    firing = [{"labels": '{alertname="PagesFail",route="inbox"}', "value": 1}]
    at = [
        {"expr": asked, "eval_time": time, "exp_samples": samples} for time, samples in (("20m", []), ("32m", firing))
    ]
    test = {"interval": "1m", "input_series": [*storm, *inbox, *rare], "promql_expr_test": at}
    path = tmp_path / "storm.yml"
    path.write_text(json.dumps({"rule_files": [str(RULES)], "evaluation_interval": "1m", "tests": [test]}))
    done = promtool("test", "rules", path)
    assert done.returncode == 0, done.stdout + done.stderr
