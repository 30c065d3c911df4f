"""Join an alert to a case: what its pages say of it afterwards, and what is asked first when the two differ."""

from copy import deepcopy

import pytest

from agencies.models import Kind, Role
from foundation.actor import acting_as
from tests import factories as f
from tests.referral.pages import Hand, text
from victims.own_labels.operations import set_label

pytestmark = pytest.mark.django_db
OPENED, JOINED = "Dossier ouvert à partir de cette alerte :", "Dossier auquel cette alerte est rattachée :"
WHOLE = "L'alerte dit : Seine-Saint-Denis (93), âge incertain. Le dossier : Paris (75), mineur."
SIGNS = {"ILO-AL-EX-01": "observed", "ILO-AL-CD-01": "observed"}
TICK, CHILDREN = "C'est la même personne, je l'ai vérifié", "?age_side=minor"


@pytest.fixture
def world(laid, db):
    return deepcopy(laid)


@pytest.fixture(scope="module")
def laid(rows_of_module):
    f.national()
    f.territory("93", "Seine-Saint-Denis")
    unit = f.coordination(territories=("75", "93"))
    nurse = f.member(f.agency(Kind.EDUCATION, desk=False), Role.FRONTLINE)
    return {"nurse": nurse, "coord": f.member(unit, Role.COORDINATOR)}


def test_a_page_says_whether_the_case_was_opened_from_the_alert_or_joined(world):
    first, second = f.sent_alert(world["nurse"]), f.sent_alert(world["nurse"])
    case, hand = f.case(world["coord"], alert=first), Hand(world["coord"])
    assert hand.post("alert-join", second.pk, reference=case.reference).status_code == 302
    opened, joined = text(hand.get("inbox-alert", first.pk)), text(hand.get("inbox-alert", second.pk))
    assert OPENED in opened and JOINED not in opened and case.reference in opened
    assert JOINED in joined and OPENED not in joined and case.reference in joined


def test_the_agency_that_wrote_an_alert_reads_the_same_of_it(world):
    lead = f.member(f.shelter())
    case = f.own_case(lead)
    joined = f.sent_alert(lead, recipients=[])
    with acting_as(lead):
        first = case.alert_links.get().alert
    hand = Hand(lead)
    assert hand.post("alert-join", joined.pk, reference=case.reference).status_code == 302
    assert OPENED in text(hand.get("alert-detail", first.pk))
    page = text(hand.get("alert-detail", joined.pk))
    assert JOINED in page and OPENED not in page


@pytest.mark.parametrize(("cases", "said"), [(6, False), (7, True)])
def test_the_list_of_near_cases_says_when_it_is_cut(world, cases, said):
    alert = f.sent_alert(world["nurse"])
    for _ in range(cases):
        f.case(world["coord"], author=world["nurse"])
    page = text(Hand(world["coord"]).get("inbox-alert", alert.pk))
    assert "Dossiers en cours du même département" in page and "Référence d'un autre dossier" in page
    assert ("(les 6 plus récents)" in page) == said


def test_what_differs_is_named_and_must_be_ticked_once(world):
    """A youth of another département, whose age is in doubt, is not joined to a schoolchild's case in one press."""
    case = f.case(world["coord"], author=world["nurse"], minor="yes")
    alert, hand = f.sent_alert(world["nurse"], territory="93", minor="doubt"), Hand(world["coord"])
    asked = hand.post("alert-join", alert.pk, reference=case.reference.lower(), query=CHILDREN)
    page = text(asked)
    assert asked.status_code == 200 and WHOLE in page and TICK in page and 'id="erreurs"' in page
    assert f'value="{case.reference.lower()}"' in page, "what was typed is kept"
    assert 'href="#id_same_0"' in page and "checked" not in page.partition('name="same"')[2].partition(">")[0]
    assert f'action="/boite/{alert.pk}/rejoindre/{CHILDREN}"' in page
    done = hand.post("alert-join", alert.pk, reference=case.reference, same=case.reference)
    assert done.url.endswith(f"/dossiers/{case.pk}/")


def test_a_tick_holds_for_the_case_it_was_asked_of(world):
    first, second = (f.case(world["coord"], author=world["nurse"]) for _ in range(2))
    alert, hand = f.sent_alert(world["nurse"], territory="93"), Hand(world["coord"])
    page = text(hand.post("alert-join", alert.pk, reference=second.reference, same=first.reference))
    assert TICK in page and f'value="{second.reference}"' in page.partition('name="same"')[2].partition(">")[0]
    assert "checked" not in page.partition('name="same"')[2].partition(">")[0]
    assert hand.post("alert-join", alert.pk, reference=second.reference, same=second.reference).status_code == 302


@pytest.mark.parametrize(
    ("told", "held", "asks"),
    [
        ("no", "no", ""),
        ("doubt", "yes", ""),
        ("yes", "doubt", ""),
        ("yes", "no", "L'alerte dit : mineur. Le dossier : majeur."),
        ("no", "doubt", "L'alerte dit : majeur. Le dossier : âge incertain."),
    ],
)
def test_the_age_alone_is_asked_between_an_adult_and_a_child(world, told, held, asks):
    case = f.case(world["coord"], author=world["nurse"], minor=held)
    alert, hand = f.sent_alert(world["nurse"], minor=told), Hand(world["coord"])
    assert TICK not in text(hand.get("inbox-alert", alert.pk)), "nothing is asked before a case is chosen"
    answer = hand.post("alert-join", alert.pk, case=case.reference)
    if not asks:
        assert answer.status_code == 302
        return
    page = text(answer)
    assert asks in page and TICK in page
    assert hand.post("alert-join", alert.pk, case=case.reference, same=case.reference).status_code == 302


def test_a_tick_opens_no_case_that_one_does_not_lead(world):
    alert, hand = f.sent_alert(world["nurse"]), Hand(world["coord"])
    page = text(hand.post("alert-join", alert.pk, reference="ZZZZ-ZZZZ", same="ZZZZ-ZZZZ"))
    assert "Aucun dossier" in page and TICK not in page


def test_the_choices_tell_the_cases_apart(world):
    """Two cases of one form and one day were two lines alike."""
    case = f.case(world["coord"], author=world["nurse"], observations=SIGNS)
    with acting_as(world["coord"]):
        set_label(world["coord"], case.pk, reference="M-17", nickname="Lila")
    alert = f.sent_alert(world["nurse"])
    page = text(Hand(world["coord"]).get("inbox-alert", alert.pk))
    line = next(part for part in page.split("</label>") if case.reference in part)
    assert all(word in line for word in ("Lila", "M-17", "Journées sans fin", "Majeur", "Paris"))


def test_the_reference_of_an_alert_leads_to_its_case_or_says_where_to_look(world):
    first, second, other = (f.sent_alert(world["nurse"]) for _ in range(3))
    case, hand = f.case(world["coord"], alert=first), Hand(world["coord"])
    said = text(hand.post("alert-join", second.pk, reference=other.reference))
    assert "C'est la référence d'une alerte. Celle d'un dossier est en haut de sa page" in said
    assert "Aucun dossier mené par votre service" in text(hand.post("alert-join", second.pk, reference="ZZZZ-ZZZZ"))
    done = hand.post("alert-join", second.pk, reference=first.reference)
    assert done.url.endswith(f"/dossiers/{case.pk}/")
