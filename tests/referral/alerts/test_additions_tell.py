"""What is added to a sent alert: words of a child make an age in doubt, and a closed alert waits again."""

from copy import deepcopy
from datetime import timedelta

import pytest
from django.utils import timezone

from agencies.models import Kind, Membership, Role
from foundation.actor import acting_as
from foundation.errors import guarded
from foundation.workflow import NotAllowed, WrongState
from notifications.models import Notice
from referral.alerts.operations import additions, alerts
from referral.inbox.operations.alerts import close_alert, declare, move, open_alert, readdress_alert, stand_down
from referral.models import Alert, AlertDesk, Orientation
from referral.tasks import due
from tests import factories as f
from tests.notifications.post import fan_out, told
from tests.referral.pages import Hand, text
from tests.roles import as_role
from victims.models import Case

pytestmark = pytest.mark.django_db
GIRL, LOCKED_UP = "Une jeune fille de 15 ans pleure dans le couloir", "L'un d'eux a 15 ans, il est enfermé"
NO_CHILD = "Il travaille ici depuis 15 ans, il est revenu ce matin"


@pytest.fixture
def w(laid, db):
    return deepcopy(laid)


@pytest.fixture(scope="module")
def laid(rows_of_module):
    f.national()
    child = f.agency(Kind.CHILD_PROTECTION, services=("child_care",), desk_fields={"takes_adults": False})
    school, shelter = f.agency(Kind.EDUCATION, desk=False), f.shelter()
    unit = f.coordination()
    return {
        "unit": unit, "child": child, "shelter": shelter, "nurse": f.member(school, Role.FRONTLINE),
        "coord": f.member(unit, Role.COORDINATOR), "worker": f.member(shelter), "guard": f.member(child),
    }  # fmt: skip


def sent(w, **answers) -> Alert:
    """An alert about an adult, in no danger, at the coordination and the shelter."""
    return f.sent_alert(w["nurse"], desks=[w["shelter"].pk], **answers)


def add(w, alert, words: str):
    with acting_as(w["nurse"]):
        return additions.add_to_alert(w["nurse"], alert.pk, words)


def close(w, alert) -> None:
    for member in (w["worker"], w["coord"]):
        with acting_as(member):
            close_alert(member, alert.pk, reason="other_help")


def of(alert) -> tuple[str, str, str]:
    with as_role("nrm_owner"):
        return Alert.objects.values_list("state", "age_side", "urgency").get(pk=alert.pk)


def told_times(kind: str) -> int:
    with as_role("nrm_owner"):
        return Notice.objects.filter(kind=kind).count()


def hours(alert) -> dict[int, int | None]:
    """By agency, how many hours a live desk has left, None when nothing is awaited of it."""
    with as_role("nrm_owner"):
        rows = AlertDesk.objects.filter(alert=alert, live=True).values_list("agency", "due_at")
        return {pk: due and round((due - timezone.now()) / timedelta(hours=1)) for pk, due in rows}


def steps(alert) -> list[str]:
    with as_role("nrm_owner"):
        return list(alert.moves.values_list("action", flat=True))


@pytest.mark.parametrize("words", [GIRL, LOCKED_UP])
def test_words_of_a_child_make_an_age_in_doubt_and_tell_who_protects(w, words):
    alert = sent(w)
    assert of(alert) == ("sent", "adult", "normal") and hours(alert) == {w["unit"].pk: 72, w["shelter"].pk: 72}
    add(w, alert, words)
    assert of(alert) == ("sent", "doubt", "high")
    assert hours(alert) == {w["unit"].pk: 24, w["shelter"].pk: 24, w["child"].pk: 24}
    with as_role("nrm_owner"):
        assert set(AlertDesk.objects.filter(alert=alert).values_list("age_side", "urgency")) == {("doubt", "high")}
    fan_out()
    assert w["guard"].pk in told("alert_sent") and {w["coord"].pk, w["worker"].pk} <= told("alert_addition")
    add(w, alert, words)
    assert steps(alert) == ["send", "doubt"], "it tells a child already"


def test_no_time_limit_becomes_longer_and_who_acts_goes_on(w):
    alert = sent(w)
    with acting_as(w["worker"]):
        declare(w["worker"], alert.pk, what="acting", words="Une équipe est sur place.")
    with as_role("nrm_owner"):
        AlertDesk.objects.filter(alert=alert, agency=w["unit"]).update(due_at=timezone.now() + timedelta(hours=3))
    add(w, alert, GIRL)
    assert hours(alert) == {w["unit"].pk: 3, w["shelter"].pk: None, w["child"].pk: 24}


def test_who_was_quiet_for_an_adult_answers_for_a_child(w):
    alert = sent(w)
    with acting_as(w["worker"]):
        declare(w["worker"], alert.pk, what="acting", words="Une équipe est sur place.")
    assert hours(alert)[w["unit"].pk] is None
    add(w, alert, GIRL)
    assert hours(alert)[w["unit"].pk] == 24


def test_danger_to_life_stays_one(w):
    alert = sent(w, danger="yes", callback="0102030405")
    add(w, alert, GIRL)
    assert of(alert)[1:] == ("doubt", "vital")


def test_words_without_a_child_change_nothing_of_an_open_alert(w):
    alert = sent(w)
    before = hours(alert)
    add(w, alert, NO_CHILD)
    assert of(alert) == ("sent", "adult", "normal") and steps(alert) == ["send"] and hours(alert) == before
    fan_out()
    assert {w["coord"].pk, w["worker"].pk} <= told("alert_addition") and told("alert_sent") == {
        w["coord"].pk, w["worker"].pk
    }  # fmt: skip


def test_what_was_sent_kept_leaves_for_those_who_protect(w):
    """Kept, since the person refused: a child is protected whatever was agreed."""
    alert = f.sent_alert(w["nurse"], agreement="no")
    assert hours(alert) == {w["nurse"].agency_id: None}
    add(w, alert, GIRL)
    assert hours(alert) == {w["nurse"].agency_id: 24, w["unit"].pk: 24, w["child"].pk: 24}


def test_closed_alert_comes_back_to_those_who_closed_it(w):
    alert = sent(w)
    close(w, alert)
    assert of(alert)[0] == "closed"
    assert alert.reference not in text(Hand(w["coord"]).get("alert-inbox"))
    add(w, alert, NO_CHILD)
    assert of(alert) == ("opened", "adult", "normal")
    assert hours(alert) == {w["unit"].pk: 72, w["shelter"].pk: 72}
    for member in (w["coord"], w["worker"]):
        assert alert.reference in text(Hand(member).get("alert-inbox"))
    page = text(Hand(w["coord"]).get("inbox-alert", alert.pk))
    assert "Complément reçu" in page and NO_CHILD in page
    assert "Complément reçu" in text(Hand(w["nurse"]).get("alert-detail", alert.pk))
    close(w, alert)
    assert of(alert)[0] == "closed", "they may close it again"


def test_closed_alert_that_tells_a_child_comes_back_as_one(w):
    alert = sent(w)
    close(w, alert)
    add(w, alert, LOCKED_UP)
    assert of(alert) == ("opened", "doubt", "high")
    assert hours(alert) == {w["unit"].pk: 24, w["shelter"].pk: 24, w["child"].pk: 24}
    assert {"add", "doubt"} <= set(steps(alert))
    with acting_as(w["coord"]):
        assert alerts.open_case(w["coord"], alert.pk).age_side == "doubt"


@pytest.mark.parametrize("closed", [True, False])
def test_alert_of_a_refusal_waits_at_the_agency_that_keeps_it_and_nowhere_else(w, closed):
    """Sent on when its time is over, it would go against the refusal."""
    mine = f.member(w["nurse"].agency)
    alert = f.sent_alert(w["nurse"], agreement="no")
    with acting_as(mine):
        open_alert(mine, alert.pk)
        if closed:
            close_alert(mine, alert.pk, reason="other_help")
    add(w, alert, NO_CHILD)
    assert of(alert)[0] == "opened" and hours(alert) == {w["nurse"].agency_id: 72}
    assert alert.reference in text(Hand(mine).get("alert-inbox"))
    late(alert)
    assert hours(alert) == {w["nurse"].agency_id: 72}, "it has more time, and nobody else is told"
    fan_out()
    assert told("alert_escalated") == {mine.pk}


def test_silence_of_a_refusal_is_told_to_nobody_by_the_database(w):
    alert = f.sent_alert(w["nurse"], agreement="no")
    add(w, alert, NO_CHILD)
    silent = Membership.objects.get(agency=w["nurse"].agency_id, kind="system")
    with acting_as(silent), pytest.raises(NotAllowed), guarded():
        move(silent, alert, "escalate", to=[w["unit"].pk])


def late(alert) -> None:
    with as_role("nrm_owner"):
        AlertDesk.objects.filter(alert=alert, due_at__isnull=False).update(due_at=timezone.now() - timedelta(hours=1))
    with as_role("nrm_worker"):
        due()


@pytest.fixture
def followed(w):
    """An alert whose case the coordination opened, and sent a request of: no time limit runs."""
    alert = sent(w)
    with acting_as(w["coord"]):
        case = alerts.open_case(w["coord"], alert.pk)
    f.orientation(w["coord"], case, w["shelter"], state="sent")
    with as_role("nrm_owner"):
        AlertDesk.objects.filter(alert=alert).update(due_at=None)
        AlertDesk.objects.filter(alert=alert, agency=w["unit"]).update(followed_at=timezone.now())
    return alert, case


def test_who_opened_the_case_looks_at_what_is_added(w, followed):
    alert, _case = followed
    add(w, alert, NO_CHILD)
    assert hours(alert) == {w["unit"].pk: 72, w["shelter"].pk: None}
    fan_out()
    assert w["coord"].pk in told("case_addition")
    with acting_as(w["coord"]):
        declare(w["coord"], alert.pk, what="acting", words="Nous l'avons rappelée.")
    assert hours(alert)[w["unit"].pk] is None, "and says what is done"


def test_an_alert_over_without_being_closed_is_awaited_again(w, followed):
    """Its case is closed, and the other service was quiet."""
    alert, case = followed
    with as_role("nrm_owner"):
        Orientation.objects.filter(case=case).update(state="completed")
        Case.objects.filter(pk=case.pk).update(status="closed", closure_reason="autonomy")
        AlertDesk.objects.filter(alert=alert, agency=w["unit"]).update(answer="closed")
    add(w, alert, NO_CHILD)
    assert hours(alert) == {w["unit"].pk: 72, w["shelter"].pk: 72} and of(alert)[0] == "acted"
    assert steps(alert)[-1] == "add_on"


def test_a_request_sent_for_an_adult_answers_for_no_child(w):
    alert = sent(w)
    with acting_as(w["coord"]):
        case = alerts.open_case(w["coord"], alert.pk)
    f.orientation(w["coord"], case, w["shelter"], state="sent")
    with as_role("nrm_owner"):
        AlertDesk.objects.filter(alert=alert, agency=w["unit"]).update(followed_at=timezone.now(), due_at=None)
    add(w, alert, GIRL)
    assert hours(alert)[w["unit"].pk] == 24


def test_what_was_said_before_frees_nobody_of_an_alert_that_is_open_again(w):
    """The shelter had told the others that they had nothing to do, and stood by the person."""
    alert = sent(w, danger="yes", callback="0102030405")
    with acting_as(w["worker"]):
        declare(w["worker"], alert.pk, what="with_person", words="Une équipe est sur place.")
        stand_down(w["worker"], alert.pk, words="Nous restons là.")
    close(w, alert)
    assert of(alert)[0] == "closed"
    fan_out()
    before = told_times("alert_vital")
    add(w, alert, NO_CHILD)
    assert hours(alert) == {w["unit"].pk: 0, w["shelter"].pk: 0}
    fan_out()
    assert told_times("alert_vital") == 2 * before > 0, "a danger to life rings as at its sending"
    page = text(Hand(w["coord"]).get("inbox-alert", alert.pk))
    shelter = page[page.index("Où en sont les services") : page.index("Une équipe est sur place.")]
    assert w["shelter"].name in shelter and "classée de son côté" not in shelter, "it has to answer again"
    assert "Confirmer" not in page
    assert "Quelqu'un est auprès de la personne." not in text(Hand(w["nurse"]).get("alert-detail", alert.pk))


def test_author_reads_what_was_done(w):
    alert, hand = sent(w), Hand(w["nurse"])
    hand.post("alert-add", alert.pk, text=NO_CHILD)
    assert "les services qui ont l'alerte sont prévenus" in text(hand.get("alert-detail", alert.pk))
    hand.post("alert-add", alert.pk, text=GIRL, age="doubt", about="jeune fille 15 ans")
    assert "Vos mots parlent d'un enfant : l'âge est incertain" in text(hand.get("alert-detail", alert.pk))
    hand.post("alert-add", alert.pk, text=GIRL)
    assert "les services qui ont l'alerte sont prévenus" in text(hand.get("alert-detail", alert.pk)), "told already"


def test_nobody_else_doubts_and_no_child_is_doubted_again(w):
    alert, child = sent(w), sent(w, minor="yes")
    with acting_as(w["nurse"]), pytest.raises(WrongState):
        additions.doubt_age(w["nurse"], child.pk)
    with acting_as(w["coord"]), pytest.raises(additions.NotFound):
        additions.doubt_age(w["coord"], alert.pk)
    assert of(alert)[1] == "adult" and of(child)[1] == "minor"


def test_who_is_asked_and_says_an_adult_sends_nothing_to_others(w):
    """« Ses enfants sont à l'école » sent what the person had refused to every service, and nobody had asked."""
    alert, hand = f.sent_alert(w["nurse"], agreement="no"), Hand(w["nurse"])
    words = "Ses enfants sont à l'école, elle est seule le jour."
    for page in ("alert-list", "alert-detail"):  # « Envoyée », of what was sent to nobody
        shown = text(hand.get(page, *[alert.pk] * (page == "alert-detail")))
        assert ">Gardée</span>" in shown and ">Envoyée</span>" not in shown
    asked = hand.post("alert-add", alert.pk, text=words)
    said = text(asked)
    assert asked.status_code == 200 and "L'alerte concerne-t-elle un mineur" in said and words in said
    assert "« enfants », « école »" in said and steps(alert) == ["send"]
    assert hours(alert) == {w["nurse"].agency_id: None}, "nothing left, and nothing is lost"
    about = "enfants école"
    assert f'name="about" value="{about}"' in said
    assert hand.post("alert-add", alert.pk, text=GIRL, age="adult", about=about).status_code == 200, "of other words"
    assert steps(alert) == ["send"]
    assert hand.post("alert-add", alert.pk, text=words, age="adult", about=about).status_code == 302
    assert of(alert)[1] == "adult" and set(hours(alert)) == {w["nurse"].agency_id}
    page = text(hand.get("alert-detail", alert.pk))
    assert words in page and "que seul votre organisme a" in page and "les services qui ont l'alerte" not in page
    assert hand.post("alert-add", alert.pk, text=words, age="doubt", about=about).status_code == 302
    assert of(alert)[1] == "doubt" and set(hours(alert)) == {w["nurse"].agency_id, w["unit"].pk, w["child"].pk}


def test_what_was_refused_for_an_adult_is_sent_on_for_a_child(w):
    """The CRIP was silent: its alert could not be given to another service, since the adult had refused."""
    alert = f.sent_alert(w["nurse"], agreement="no")
    add(w, alert, GIRL)
    with acting_as(w["coord"]):
        readdress_alert(w["coord"], alert.pk, w["shelter"].pk, instead_of=w["child"].pk)
    assert w["shelter"].pk in hours(alert) and w["child"].pk not in hours(alert)
    page = text(Hand(w["coord"]).get("inbox-alert", alert.pk))
    assert "refusé que d'autres soient prévenus" not in page
