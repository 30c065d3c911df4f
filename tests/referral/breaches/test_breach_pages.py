"""The pages of the register of breaches."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from foundation.workflow import WrongState
from referral.models import Breach, BreachEntry
from referral.models.breaches import A_DAY
from tests.referral.pages import Hand, text
from tests.roles import as_role

from .house import FOUND, MARK, Sort, report, row, write

pytestmark = pytest.mark.django_db


def now_said() -> dict:
    now = timezone.localtime()
    return {"on": now.date().isoformat(), "hour": now.strftime("%H:%M")}


def test_reported_in_a_minute_and_read_by_its_author_without_the_register(world):
    hand = Hand(world["reporter"])
    said = {"kind": "device", "text": MARK, "ongoing": "yes", **now_said()}
    page = hand.post("breach-new", **said)
    with as_role("nrm_owner"):
        breach = Breach.objects.get()
    assert page.status_code == 302 and breach.ongoing and not breach.apart
    write(world, "admin", breach, Sort.ASSESS, **(FOUND | {"nature": "MARQUEUR-REGISTRE"}))
    shown = text(hand.get("breach", breach.pk))
    assert MARK in shown and "MARQUEUR-REGISTRE" not in shown and 'name="act"' not in shown
    assert hand.post("breach", breach.pk, act="assess").status_code == 403
    listed = text(hand.get("breach-list"))
    assert breach.reference in listed and breach.reference not in text(Hand(world["worker"]).get("breach-list"))
    assert Hand(world["worker"]).get("breach", breach.pk).status_code == 404


def test_one_account_reports_so_many_a_day_and_no_more(world):
    hand, said = Hand(world["reporter"]), {"kind": "device", "text": "x", "ongoing": "no", **now_said()}
    for _ in range(A_DAY):
        report(world)
    with pytest.raises(WrongState):
        report(world)
    refused = hand.post("breach-new", **said)
    assert refused.status_code == 200 and "téléphonez aux personnes qui décident" in text(refused)
    report(world, "worker")  # another account
    with as_role("nrm_owner"):
        first, day = Breach.objects.last(), timedelta(hours=25)
        earlier = {name: getattr(first, name) - day for name in ("at", "known_at", "due_at")}
        Breach.objects.filter(pk=first.pk).update(**earlier)
    assert hand.post("breach-new", **(said | {"text": "y"})).status_code == 302


def test_the_auditor_reads_the_register_and_writes_nothing(world):
    breach = report(world)
    write(world, "admin", breach, Sort.ASSESS, **(FOUND | {"nature": "MARQUEUR-REGISTRE"}))
    hand = Hand(world["auditor"])
    shown = text(hand.get("breach", breach.pk))
    assert "MARQUEUR-REGISTRE" in shown and 'name="act"' not in shown
    assert hand.post("breach", breach.pk, act="assess").status_code == 403


def test_the_whole_way_by_its_pages(world):
    breach = report(world, hours=80, ongoing=True)
    admin, above = Hand(world["admin"]), Hand(world["national"])

    def send(hand, act, **said):
        return hand.post("breach", breach.pk, act=act, **{f"{act}-{name}": value for name, value in said.items()})

    assert send(admin, "close").status_code == 409
    assert send(admin, "assess", nature="x").status_code == 200
    found = {"nature": "x", "categories": ["identity", "health"], "persons": "3", "effects": "x", "measures": "x"}
    assert send(admin, "assess", **found).status_code == 302
    assert send(admin, "ended", text="x").status_code == 302
    assert send(admin, "notified", number="N-1", **now_said()).status_code == 200  # late without a reason
    assert send(admin, "notified", number="N-1", late_reason="x", **now_said()).status_code == 302
    assert send(admin, "more", text="x", **now_said()).status_code == 302
    assert send(admin, "informed", who="x", text="x", **now_said()).status_code == 302
    assert send(admin, "close").status_code == 302
    shown = text(admin.get("breach", breach.pk))
    assert 'value="confirm"' not in shown and "N-1" in shown
    asked = str(row(breach.pk).closing_id)
    assert asked in text(above.get("breach", breach.pk))
    assert send(admin, "confirm", answered=asked).status_code == 403
    assert send(above, "confirm", answered=asked).status_code == 302
    assert not row(breach.pk).is_open


def test_a_list_costs_the_same_at_two_sizes(world):
    counts = []
    for size in (2, 12):
        for _ in range(size):
            report(world)
        hand = Hand(world["national"])
        hand.get("breach-list")
        with CaptureQueriesContext(connection) as asked:
            assert hand.get("breach-list").status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_a_page_costs_the_same_whatever_its_register(world):
    breach, counts = report(world), []
    for size in (1, 9):
        for _ in range(size):
            write(world, "admin", breach, Sort.ASSESS, **FOUND)
        hand = Hand(world["national"])
        hand.get("breach", breach.pk)
        with CaptureQueriesContext(connection) as asked:
            assert hand.get("breach", breach.pk).status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_readings_are_counted_and_leads_told_by_the_page(read):
    breach = report(read)
    hand = Hand(read["admin"])
    today = timezone.localdate().isoformat()

    def send(act, **said):
        return hand.post("breach", breach.pk, act=act, **{f"{act}-{name}": value for name, value in said.items()})

    assert send("told", answered=breach.pk).status_code == 403  # nothing was counted
    assert send("readings", since=today, until=today).status_code == 200  # whose?
    assert send("readings", account=read["other_lead"].pk, since=today, until=today).status_code == 200  # not of here
    assert 'name="readings-number"' not in text(hand.get("breach", breach.pk))
    assert 'name="readings-number"' in text(Hand(read["national"]).get("breach", breach.pk))
    assert send("readings", account=read["worker"].pk, since=today, until=today).status_code == 302
    shown = text(hand.get("breach", breach.pk))
    assert "2 dossiers" in shown and not [one.reference for one in read["cases"].values() if one.reference in shown]
    with as_role("nrm_owner"):
        made = BreachEntry.objects.get(sort="readings")
    assert send("told", answered=made.pk).status_code == 302
    assert 'value="told"' not in text(hand.get("breach", breach.pk))


def test_the_page_says_whether_it_goes_on_and_what_is_missing_before_it_is_closed(world):
    """One who reads « quand elle aura cessé » on a breach already over would wait, and close nothing."""
    over, going = report(world), report(world, ongoing=True)
    page = text(Hand(world["admin"]).get("breach", over.pk))
    assert "Non, c'est terminé" in page and "qu'elle ait cessé" not in page
    assert "il manque" in page and "les constats" in page and "la décision de notifier ou non la CNIL" in page
    page = text(Hand(world["admin"]).get("breach", going.pk))
    assert "Oui, ou on ne le sait pas" in page and "qu'elle ait cessé" in page
