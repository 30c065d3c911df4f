"""What the third page of an alert says of its readers is what becomes of it, whatever was ticked before."""

import re
from copy import deepcopy

import pytest

from agencies.models import Desk, Kind
from foundation.actor import acting_as
from referral.models import Alert
from tests import factories as f
from tests.referral.pages import text
from tests.roles import as_role

from .alert_pages import STEP1, STEP2, Browser, make_people

pytestmark = pytest.mark.django_db

CHILD = {**STEP1, "minor": "yes"}
NONE_TOLD = "Cette alerte ne prévient aucune association"


@pytest.fixture
def people(laid, db):
    return deepcopy(laid)


@pytest.fixture(scope="module")
def laid(rows_of_module):
    labour = f.agency(Kind.LABOUR, name="Inspection d'essai", services=("investigation",))
    return {**make_people(), "labour": labour}


@pytest.fixture
def nurse(client, people):
    return Browser(client, people["nurse"])


def readers(nurse, draft):
    nurse.post("alert-step", draft, 4, go="send")
    with acting_as(nurse.member):
        return set(Alert.objects.get(pk=draft).moves.get().to_agencies)


def test_a_police_ticked_before_the_child_said_no_is_not_told(nurse, people):
    """The page says that nobody but those alerted by rule reads it: who ticked, then noted « Non », would trust it."""
    draft = nurse.start()
    ruled = {people["unit"].pk, people["child"].pk}
    nurse.fill(draft, CHILD, STEP2, {"agreement": "yes", "desks": [people["police"].pk]})
    assert "Brigade d'essai" in text(nurse.get("alert-step", draft, 4))
    nurse.fill(draft, CHILD, STEP2, {"agreement": "no", "desks": [people["police"].pk]})
    assert "Personne d'autre ne la lit" in text(nurse.get("alert-step", draft, 3))
    assert readers(nurse, draft) == ruled
    draft = nurse.start()
    nurse.fill(draft, CHILD, STEP2, {"agreement": "yes", "desks": [people["police"].pk]})
    assert readers(nurse, draft) == {*ruled, people["police"].pk}, "near miss: the child agreed"


def test_an_inspection_is_not_told_for_who_wants_the_help_of_an_association(nurse, people):
    """One would tick the inspection among « services d'aide » for a person who agreed to an association only."""
    shelter, labour, police = (people[name].pk for name in ("shelter", "labour", "police"))
    draft = nurse.start()
    nurse.fill(draft, STEP1, STEP2, {"agreement": "yes_association", "desks": [shelter, labour, police]})
    page = nurse.get("alert-step", draft, 3).content.decode()
    [apart] = re.findall(
        r'<fieldset class="rp-signs" data-if="wide"><legend>Inspection du travail.*?</fieldset>', page, re.S
    )
    assert f'value="{labour}"' in apart and page.count(f'value="{labour}"') == 1, "no service of help"
    assert re.search(rf'<div class="fr-checkbox-group"><input[^>]*value="{shelter}"', page)
    assert readers(nurse, draft) == {people["unit"].pk, shelter}
    draft = nurse.start()
    nurse.fill(draft, STEP1, STEP2, {"agreement": "yes", "recipients": ["association"], "desks": [labour]})
    page = nurse.get("alert-step", draft, 3)
    assert page.context["form"]["agreement"].value() == "yes", "what is ticked stays in sight"
    assert readers(nurse, draft) == {people["unit"].pk, labour}, "near miss: agreed for several"


def test_those_alerted_by_rule_are_all_named_before_one_answers(nurse, people):
    """One would tell the child that the CRIP alone reads the alert, and the coordination does too."""
    draft = nurse.start()
    nurse.fill(draft, CHILD, STEP2)
    page = nurse.get("alert-step", draft, 3).content.decode()
    listed = re.search(r'<h2 id="office">.*?</section>', page, re.S).group()
    assert re.findall(r'rp-ruled--yes">([^<]*)<', listed) == ["Coordination d&#x27;essai", "CRIP d&#x27;essai"]
    nurse.post("alert-step", draft, 3, agreement="no")
    assert readers(nurse, draft) == {people["unit"].pk, people["child"].pk}


def test_a_child_who_wants_an_association_is_not_let_believe_that_one_is_told(nurse, people):
    """One would tell the child that an association is coming, and none can be ticked."""
    draft = nurse.start()
    nurse.fill(draft, CHILD, STEP2, {"agreement": "yes_association", "desks": [people["shelter"].pk]})
    assert NONE_TOLD not in text(nurse.get("alert-step", draft, 4)), "near miss: one is ticked"
    with as_role("nrm_owner"):
        Desk.objects.filter(agency__in=[people["shelter"], people["labour"]]).update(takes_minors=False)
    page = text(nurse.get("alert-step", draft, 3))
    assert "Aucune association ne peut être cochée ici" in page and "aux seuls services alertés d'office" in page
    assert "services que vous cochez" not in page
    nurse.post("alert-step", draft, 3, agreement="not_asked")
    assert NONE_TOLD not in text(nurse.get("alert-step", draft, 4)), "near miss: the child was not asked"
    nurse.post("alert-step", draft, 3, agreement="yes_association")
    assert NONE_TOLD in text(nurse.get("alert-step", draft, 4))
    nurse.post("alert-step", draft, 4, go="send")
    assert NONE_TOLD in text(nurse.get("alert-received", draft))


def test_nothing_ticked_stays_here_until_the_time_the_next_page_says(nurse, people):
    draft = nurse.start()
    nurse.fill(draft, STEP1, STEP2)
    page = text(nurse.get("alert-step", draft, 3))
    assert "Rien de coché, ni ici ni parmi les services : l'alerte reste dans votre organisme" in page
    nurse.post("alert-step", draft, 3, agreement="yes")
    assert "elle va à la coordination du lieu" in text(nurse.get("alert-step", draft, 4))
