"""Any JSON at all, anywhere in a request: understood or refused in words, never an error of ours or half a write."""

import json
import math
import uuid
from copy import deepcopy

import pytest
from django.core.cache import cache
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from agencies.models import Kind, Role
from referral.api.serializers.alerts import AlertInput
from referral.models import Alert, AlertContent, ClientKey, OrientationMove
from tests import factories as f
from tests.referral.api import Caller, refused
from tests.roles import as_role

from .test_api_alerts import BODY

pytestmark = pytest.mark.django_db
ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=30)
    | st.sampled_from(list(BODY.values())),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=12), inner, max_size=3),
    max_leaves=6,
)
NAMES = st.sampled_from([*AlertInput().fields, "state", "", "__proto__", "~/é"])
MANY = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def p(laid, db):
    return deepcopy(laid)


@pytest.fixture(scope="module")
def laid(rows_of_module):
    cache.clear()
    f.national()
    unit, shelter = f.coordination(), f.shelter()
    lead = f.member(unit, Role.COORDINATOR)
    return {
        "school": Caller(f.program(f.agency(Kind.EDUCATION, desk=False), Role.FRONTLINE)),
        "shelter": Caller(f.program(shelter)),
        "asked": f.orientation(lead, f.case(lead), shelter),
    }


def written() -> list[int]:
    with as_role("nrm_owner"):
        return [model.objects.count() for model in (Alert, AlertContent, ClientKey, OrientationMove)]


def no_json(value) -> bool:
    """A number JSON has no word for stands in it (python writes NaN, Infinity); as a text it is just a text."""
    if isinstance(value, dict):
        return any(no_json(inner) for inner in value.values())
    if isinstance(value, list):
        return any(no_json(inner) for inner in value)
    return isinstance(value, float) and not math.isfinite(value)


@pytest.mark.long
@MANY
@example(changes={"id": {"NaN": None}})
@example(changes={"note": "Infinity", "when": 3})
@example(changes={"persons": [float("nan")]})
@given(changes=st.dictionaries(NAMES, ANYTHING, min_size=1, max_size=3))
def test_any_alert(p, changes):
    cache.clear()
    before = written()
    response = p["school"].post("alerts/", json.dumps({**BODY, **changes}))
    if response.status_code == 201:
        assert [now - then for now, then in zip(written(), before, strict=True)] == [1, 1, 1, 0]
    else:
        assert response.status_code != 200 or "id" in changes
        if response.status_code != 200:
            code = "malformed" if no_json(changes) else "invalid"
            refused(response, 400, code)
            assert written() == before


@pytest.mark.long
@MANY
@given(body=st.dictionaries(st.sampled_from(["reason", "comment", "outcome", "x"]), ANYTHING, max_size=3))
def test_any_refusal_of_a_request(p, body):
    cache.clear()
    before = written()
    response = p["shelter"].post(f"orientations/{p['asked'].pk}/complete/", json.dumps(body))
    assert response.status_code in (400, 409)  # not accepted yet: never done, whatever it says
    assert written() == before


@pytest.mark.long
@MANY
@given(
    query=st.dictionaries(
        st.sampled_from(["limit", "cursor", "status", "state", "form", "territory", "reference", "updated_since", "x"]),
        st.text(max_size=40),
        min_size=1,
        max_size=3,
    ),
    path=st.sampled_from(["cases/", "orientations/", "orientations/sent/", "alerts/", "alerts/received/", "notices/"]),
)
def test_any_parameter(p, query, path):
    cache.clear()
    assert p["shelter"].get(path, **query).status_code in (200, 400)


@pytest.mark.long
@MANY
@given(key=st.text(alphabet=st.characters(codec="latin-1", exclude_characters="\r\n\0"), max_size=90))
def test_any_key(p, key):
    cache.clear()
    response = p["school"].post("alerts/", {**BODY, "id": str(uuid.uuid4())}, key=key)
    assert response.status_code in (201, 400, 422)  # 422: hypothesis tries a key again, with another id
