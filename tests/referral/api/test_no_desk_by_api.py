"""No program changes a desk, asks for more or decides: the API has no address for it, and the database refuses. How
many places are free now is all that a program says of its own."""

import pytest
from django.db import connection

from agencies.models import DeskChange, Role
from foundation.actor import acting_as
from referral.api.urls.endpoints import urlpatterns
from tests import factories as f
from tests.referral.api import DOCUMENT
from tests.referral.organisations.test_members import REFUSED, refusal
from tests.roles import as_role

pytestmark = pytest.mark.django_db
WRITING = {"post", "put", "patch", "delete"}
# what an address that writes is about; a silent desk is called or relieved of what waits there, and stays as it is
WRITTEN = {"token", "alerts", "cases", "orientations", "notices", "desk", "situations", "imports", "exports", "survey"}
WRITTEN |= {"silent-desks", "sandbox"}  # the last one: a fictitious space of its own
COLUMNS = {"territories", "takes_adults", "takes_minors", "second", "nationwide", "receives_alerts"}


def written() -> dict[str, dict]:
    """Each documented address that writes -> its operation."""
    return {
        path: operation
        for path, methods in DOCUMENT["paths"].items()
        for method, operation in methods.items()
        if method in WRITING
    }


def test_an_address_that_writes_is_about_no_desk_but_its_free_places():
    about = {path.removeprefix("/api/v1/").split("/")[0] for path in written()}
    assert about == WRITTEN
    assert {path for path in written() if "/desk" in path} == {"/api/v1/desk/places/"}
    assert len(written()) > 20
    # the document holds every address
    routed = {str(pattern.pattern).split("/")[0] for pattern in urlpatterns}
    assert routed - {path.removeprefix("/api/v1/").split("/")[0] for path in DOCUMENT["paths"]} == {""}


def test_no_body_of_an_address_that_writes_has_a_column_of_a_desk():
    schemas = DOCUMENT["components"]["schemas"]
    named = {
        name
        for operation in written().values()
        for content in operation.get("requestBody", {}).get("content", {}).values()
        for name in schemas.get(content["schema"].get("$ref", "").rpartition("/")[2], {}).get("properties", {})
    }
    assert named and not named & COLUMNS


@pytest.mark.parametrize("roles", [[Role.CASE_WORKER], [Role.CASE_WORKER, Role.AGENCY_ADMIN], [Role.COORDINATOR]])
def test_database_refuses_programs_whatever_their_roles(db, roles):
    f.national()
    unit, home = f.coordination(), f.shelter(desk_fields={"takes_minors": False})
    f.service("legal_support")
    admin = f.member(home, Role.AGENCY_ADMIN)
    with acting_as(admin), connection.cursor() as cursor:
        cursor.execute("SELECT nrm.ask_desk('{75}', '{safe_housing}', true, true, '{}', NULL)")
    for place in (home, unit):
        program = f.program(place)
        with as_role("nrm_owner"):
            program.roles = roles
            program.save(update_fields=["roles"])
            batch = DeskChange.objects.get().batch
        for sql in (
            "SELECT nrm.ask_desk('{75,92}', '{safe_housing}', true, true, '{}', NULL)",
            f"SELECT nrm.decide_desk('{batch}', 'agree', '')",
            f"INSERT INTO agencies_desk_services (desk_id, service_id) VALUES ({place.pk}, 'legal_support')",
            f"UPDATE agencies_desk SET takes_minors = NOT takes_minors WHERE agency_id = {place.pk}",
        ):
            assert refusal(program, sql) == REFUSED, (str(place), sql)
