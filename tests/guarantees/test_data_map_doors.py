"""Tables that a program's reading of a case takes rows of are declared to leave by the API, through selectors too."""

import re
from copy import deepcopy

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dev.data_map import facts, faults
from referral.api.urls.endpoints import READINGS
from referral.personal_data import rules
from referral.personal_data.words import Door
from tests.roles import as_role

from .program_acts import connected

pytestmark = pytest.mark.django_db
NAMED = re.compile(r'(?:FROM|JOIN) "(\w+)"')


@pytest.fixture
def w(laid, db):
    return deepcopy(laid)


@pytest.fixture(scope="module")
def laid(rows_of_module):
    return connected()


LISTS = [
    "cases/", "alerts/", "alerts/received/", "orientations/", "orientations/sent/", "clocks/", "situations/",
    "legal-shares/", "silent-desks/", "notices/", "exports/", "imports/", "unmet-needs/",
]  # fmt: skip
ASKED = {"victims_restriction"}  # whether others may open the case: no row of it is written out


def addresses(w) -> list[str]:
    """Return each address that reads: of the case, of each section of it, of a request, of each list."""
    sections = [f"cases/{w.case.pk}/{reading.slug}/" for reading in READINGS if reading.slug != "orientations"]
    with as_role("nrm_owner"):
        requests = [str(request.pk) for request in w.case.orientations.all()]
    return [f"cases/{w.case.pk}/", f"cases/{w.case.pk}/orientations/?service=safe_housing", *sections,
            *(f"orientations/{pk}/" for pk in requests), *LISTS]  # fmt: skip


def test_a_table_that_a_reading_takes_rows_of_is_declared_to_leave_by_the_api(w):
    beside_a_case = {table for table in facts.tables() if facts.erased_with(table)}
    read = set()
    for address in addresses(w):
        # who received a request reads it otherwise than who sent it
        for program in (w.program, w.near) if address.startswith("orientations/") else (w.program,):
            with CaptureQueriesContext(connection) as asked:
                answer = program.get(address)
            assert answer.status_code in (200, 403, 404), (address, answer.status_code)
            read |= {table for query in asked.captured_queries for table in NAMED.findall(query["sql"])}
    read &= beside_a_case
    assert read > {"victims_healthnote", "victims_contact", "victims_casetext", "referral_orientationsheet"}
    declared = {table for table, said in rules.tables().items() if Door.API in said.leaves}
    assert sorted(read - declared - ASKED) == [], f"add « {Door.API} » to the column « leaves » in {faults.TABLES}"
    assert read >= ASKED
    assert "victims_secretnote" not in read
