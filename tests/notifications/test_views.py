"""The member's pages: list, opening, marking, choice of mails."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.urls import reverse
from django.utils import timezone

from agencies.models import Kind, Role
from foundation.actor import SESSION_KEY, acting_as
from notifications.forms import MailForm
from notifications.models import Notice, Preference
from notifications.words import VITAL
from tests import factories as f
from tests.roles import as_role

from .post import fan_out, told

pytestmark = pytest.mark.django_db
LIST = reverse("notifications:notice-list")


@pytest.fixture
def coordinator(db):
    f.national()
    return f.member(f.coordination(), Role.COORDINATOR)


@pytest.fixture
def nurse(coordinator):
    return f.member(f.agency(Kind.EDUCATION, desk=False), Role.FRONTLINE)


def signed_in(client, member):
    client.force_login(member.user, backend="django.contrib.auth.backends.ModelBackend")
    session = client.session
    session[SESSION_KEY] = member.pk
    session.save()
    return client


def notices_of(member):
    with as_role("nrm_owner"):
        return list(Notice.objects.of(member).order_by("-at", "-id"))


def copies(member, number: int) -> None:
    """More notices of the same alert, one a minute into the past."""
    with as_role("nrm_owner"):
        first = Notice.objects.of(member).order_by("at").first()
        for n in range(1, number + 1):
            event = first.event
            event.pk = None
            event.id = None
            event.__class__.objects.bulk_create([copy := clone(event, first.at - timedelta(minutes=n))])
            Notice.objects.create(
                event=copy,
                membership=member,
                channel="app",
                state="sent",
                kind=first.kind,
                subject=first.subject,
                subject_id=first.subject_id,
                reference=first.reference,
                at=copy.at,
            )


def clone(event, at):
    fields = ("kind", "subject", "subject_id", "reference", "audience", "agencies", "actor_id")
    made = type(event)(**{name: getattr(event, name) for name in fields}, fanned_at=at)
    made.at = at
    return made


def test_list_says_what_happened_with_a_reference(client, nurse, coordinator):
    alert = f.sent_alert(nurse)
    fan_out()
    page = signed_in(client, coordinator).get(LIST).content.decode()
    assert "Une alerte est adressée à votre service" in page
    assert alert.reference in page
    assert "Non lue" in page
    assert "MARQUEUR-RECIT" not in page


def test_pages_follow_each_other_without_counting(client, nurse, coordinator, django_assert_num_queries):
    f.sent_alert(nurse)
    fan_out()
    copies(coordinator, 30)
    signed_in(client, coordinator)
    first = client.get(LIST)
    assert len(first.context["notices"]) == 20
    second = client.get(first.context["next"])
    assert len(second.context["notices"]) == 11
    assert not {n.pk for n in first.context["notices"]} & {n.pk for n in second.context["notices"]}
    assert client.get(second.context["previous"]).context["notices"] == first.context["notices"]
    assert client.get(LIST, {"page": "rien"}).status_code == 404


def test_the_list_costs_the_same_at_two_sizes(client, nurse, coordinator, django_assert_num_queries):
    f.sent_alert(nurse)
    fan_out()
    signed_in(client, coordinator)
    client.get(LIST)

    def cost() -> int:
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        with CaptureQueriesContext(connection) as queries:
            client.get(LIST)
        assert not [q for q in queries if "COUNT(" in q["sql"] and "LIMIT" not in q["sql"]]
        return len(queries)

    small = cost()
    copies(coordinator, 19)
    assert cost() == small


def test_opening_marks_it_read_and_leads_to_its_subject(client, nurse, coordinator):
    alert = f.sent_alert(nurse)
    fan_out()
    (notice,) = notices_of(coordinator)
    response = signed_in(client, coordinator).get(reverse("notifications:notice-open", args=[notice.pk]))
    assert response.status_code == 302
    assert response.url == reverse("referral:inbox-alert", args=[alert.pk])
    assert notices_of(coordinator)[0].read_at is not None


def test_the_author_follows_its_alert_on_its_own_page(client, nurse, coordinator):
    from referral.inbox.operations.alerts import open_alert

    alert = f.sent_alert(nurse)
    with acting_as(coordinator):
        open_alert(coordinator, alert.pk)
    fan_out()
    (notice,) = notices_of(nurse)
    response = signed_in(client, nurse).get(reverse("notifications:notice-open", args=[notice.pk]))
    assert response.url == reverse("referral:alert-detail", args=[alert.pk])


def test_anothers_notice_does_not_exist(client, nurse, coordinator):
    f.sent_alert(nurse)
    fan_out()
    (notice,) = notices_of(coordinator)
    signed_in(client, nurse)
    assert client.get(reverse("notifications:notice-open", args=[notice.pk])).status_code == 404
    token = {"_membership": nurse.pk}
    assert client.post(reverse("notifications:notice-read", args=[notice.pk]), token).status_code == 404
    answer = client.post(reverse("notifications:notice-read-all"), {**token, "newest": notice.pk})
    assert answer.status_code == 404
    assert notices_of(coordinator)[0].read_at is None


def test_mark_one_and_mark_what_is_shown(client, nurse, coordinator):
    f.sent_alert(nurse)
    fan_out()
    copies(coordinator, 3)
    newest, second, third, _ = notices_of(coordinator)
    signed_in(client, coordinator)
    token = {"_membership": coordinator.pk, "etat": "non-lues"}
    answer = client.post(reverse("notifications:notice-read", args=[newest.pk]), token)
    assert answer.url == f"{LIST}?etat=non-lues"
    assert [n.read_at is None for n in notices_of(coordinator)] == [False, True, True, True]
    client.post(reverse("notifications:notice-read-all"), {**token, "newest": third.pk})
    # what came after the page was shown stays unread
    assert [n.read_at is None for n in notices_of(coordinator)] == [False, True, False, False]
    unread = client.get(LIST, {"etat": "non-lues"}).context["notices"]
    assert [n.pk for n in unread] == [second.pk]
    assert client.post(reverse("notifications:notice-read-all"), {**token, "newest": "x"}).status_code == 404


def test_marking_needs_a_post(client, coordinator):
    signed_in(client, coordinator)
    for name, args in (("notice-read-all", []), ("notice-read", [1])):
        assert client.get(reverse(f"notifications:{name}", args=args)).status_code == 405


def test_nobody_without_signing_in(client):
    for name in ("notice-list", "preferences"):
        answer = client.get(reverse(f"notifications:{name}"))
        assert answer.status_code == 302
        assert reverse("login") in answer.url


def boxes(page: str) -> set[str]:
    return set(re.findall(r'type="checkbox" name="\w+" value="(\w+)"', page))


def test_choice_of_mails(client, nurse, coordinator):
    signed_in(client, coordinator)
    url = reverse("notifications:preferences")
    page = client.get(url).content.decode()
    with acting_as(coordinator):
        form = MailForm(coordinator)
    assert boxes(page) == form.offered and page.count("checked") == len(form.offered)
    kept = {name: [c for c, _ in field.choices if c != "alert_sent"] for name, field in form.fields.items()}
    answer = client.post(url, {"_membership": coordinator.pk, **kept})
    assert answer.url == url
    page = client.get(url).content.decode()
    assert page.count("checked") == len(form.offered) - 1
    assert "Vous ne recevrez plus par courriel" in page and "Par courriel désormais" not in page
    with as_role("nrm_owner"):
        assert set(Preference.objects.values_list("kind", "mail")) == {("alert_sent", False)}
    f.sent_alert(nurse)
    f.sent_alert(nurse, danger="yes")
    fan_out()
    assert coordinator.pk not in told("alert_sent", "mail")
    assert coordinator.pk in told("alert_vital", "mail")
    client.post(url, {"_membership": coordinator.pk, **kept})
    assert "Rien n'a changé" in unescape(client.get(url).content.decode())


def test_only_what_may_come_is_offered(client, nurse, coordinator):
    """Written by hand: a kind that comes to the role, one that never does; danger to life and codes, told not asked."""
    for roles, comes, never, rings in (
        ([Role.FRONTLINE], "alert_opened", "alert_sent", False),
        ([Role.CASE_WORKER], "alert_sent", "match_found", True),
        ([Role.COORDINATOR], "match_found", "meeting_planned", True),
        ([Role.AGENCY_ADMIN], "export_waiting", "export_ready", False),
        ([Role.POLICY], "meeting_planned", "alert_opened", False),
        ([Role.AUDITOR], "match_alarm", "match_found", False),
        ([Role.STATISTICIAN], None, "alert_opened", False),
    ):
        member = f.member(f.shelter(), *roles)
        signed_in(client, member)
        page = client.get(reverse("notifications:preferences")).content.decode()
        assert (comes in boxes(page) or comes is None) and never not in boxes(page), roles
        assert (
            "Une alerte demande une réponse immédiate de votre service" in unescape(page)
        ) is rings and VITAL not in boxes(page), roles
        assert "Un code a été établi pour votre compte" in unescape(page) and "account_code" not in boxes(page), roles


def test_a_company_is_offered_nothing_of_what_follows_its_alert(client):
    """It is told that its alert was read, and nothing more: what it ticked would never come."""
    for kind, more in ((Kind.EMPLOYER, False), (Kind.EDUCATION, True)):
        signed_in(client, f.member(f.agency(kind, desk=False), Role.FRONTLINE))
        found = boxes(client.get(reverse("notifications:preferences")).content.decode())
        assert "alert_opened" in found and ("alert_acted" in found) is ("alert_closed" in found) is more


def test_a_choice_leaves_what_was_not_asked(client):
    """Somebody who works on cases and on the policy, later on the policy alone: the former choice stays."""
    member = f.member(f.shelter(), Role.POLICY)
    with as_role("nrm_owner"):
        Preference.objects.create(membership=member, kind="alert_sent", mail=False)
    signed_in(client, member)
    client.post(reverse("notifications:preferences"), {"_membership": member.pk})
    with as_role("nrm_owner"):
        muted = set(Preference.objects.filter(mail=False).values_list("kind", flat=True))
    assert {"alert_sent", "meeting_planned"} <= muted and "alert_opened" not in muted


def test_a_danger_to_life_is_not_a_choice(client, coordinator):
    signed_in(client, coordinator)
    url = reverse("notifications:preferences")
    assert client.post(url, {"_membership": coordinator.pk, "received": [VITAL]}).status_code == 200
    with as_role("nrm_owner"):
        assert not Preference.objects.exists()


def test_unread_stops_counting_at_its_cap(nurse, coordinator):
    f.sent_alert(nurse)
    fan_out()
    copies(coordinator, 4)
    with acting_as(coordinator):
        assert Notice.objects.of(coordinator).unread().capped_count() == 5
        assert Notice.objects.of(coordinator).unread().capped_count(cap=2) == 3
        assert timezone.now() > Notice.objects.of(coordinator).first().at


def test_notices_of_one_kind_stand_on_one_line_and_urgent_ones_apart(client, nurse, coordinator):
    sent = [f.sent_alert(nurse) for _ in range(3)]
    vital = f.sent_alert(nurse, danger="yes")
    fan_out()
    client = signed_in(client, coordinator)
    page = unescape(client.get(LIST).content.decode())
    assert "Une alerte est adressée à votre service (3)" in page.replace("\u00a0", " ")
    assert page.count("Les marquer comme lues") == 1 and vital.reference in page
    assert all(alert.reference in page for alert in sent), "each is still a link"
    newest = next(n for n in notices_of(coordinator) if n.kind == "alert_sent")
    answer = client.post(LIST + "lues/", {"newest": newest.pk, "kind": "alert_sent", "_membership": coordinator.pk})
    assert answer.status_code == 302
    assert {n.kind for n in notices_of(coordinator) if n.read_at is None} == {"alert_vital"}
    wrong = client.post(LIST + "lues/", {"newest": newest.pk, "kind": "autre", "_membership": coordinator.pk})
    assert wrong.status_code == 404


def test_two_notices_of_a_kind_stay_apart(client, nurse, coordinator):
    for _ in range(2):
        f.sent_alert(nurse)
    fan_out()
    assert "Les marquer comme lues" not in signed_in(client, coordinator).get(LIST).content.decode()


def test_reading_an_alert_reads_its_notices_for_its_reader_alone(client, nurse, coordinator):
    mate = f.member(coordinator.agency, Role.COORDINATOR)
    read, other = f.sent_alert(nurse), f.sent_alert(nurse)
    fan_out()
    assert signed_in(client, coordinator).get(reverse("referral:inbox-alert", args=[read.pk])).status_code == 200
    assert {n.reference for n in notices_of(coordinator) if n.read_at is None} == {other.reference}
    assert {n.reference for n in notices_of(mate) if n.read_at is None} == {read.reference, other.reference}
