"""The derived rows are compared with the grants, and repaired."""

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from tests import factories as f
from tests.roles import as_role
from victims.models import CaseAccess

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(db):
    f.national()
    return f.own_case(f.member(f.shelter()))


def check(*args):
    with as_role("nrm_owner"):
        call_command("access_check", "--database", "default", *args)


def rows() -> list[dict]:
    """What the rows say, without when they were written."""
    return [{**row, "position": 0, "changed_at": None} for row in CaseAccess.objects.values()]


def test_says_nothing_when_rows_match(case, capsys):
    check()
    assert "Access matches" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("damage", "problem"),
    [
        ("DELETE FROM victims_caseaccess", "missing"),
        ("UPDATE victims_caseaccess SET level = 1", "different"),
        ("UPDATE victims_caseaccess SET reference = 'AUTRE'", "different"),
        ("UPDATE victims_caseaccess SET restricted = true", "different"),
        ("UPDATE victims_caseaccess SET until = now()", "different"),
    ],
)
def test_finds_and_repairs(case, capsys, damage, problem):
    with as_role("nrm_owner"):
        before = rows()
        with connection.cursor() as cursor:
            cursor.execute(damage)
    with pytest.raises(CommandError, match="1 differences"):
        check()
    assert problem in capsys.readouterr().out
    check("--repair")
    check()
    with as_role("nrm_owner"):
        assert rows() == before


def test_finds_a_row_without_grant(case, capsys):
    with as_role("nrm_owner"), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE victims_grant DISABLE TRIGGER nrm_grants_ended")
        cursor.execute("DELETE FROM victims_grant")
        cursor.execute("ALTER TABLE victims_grant ENABLE TRIGGER nrm_grants_ended")
    with pytest.raises(CommandError):
        check()
    assert "too much" in capsys.readouterr().out
    check("--repair")
    with as_role("nrm_owner"):
        assert not CaseAccess.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_the_owner_compares_by_its_own_address_and_gives_the_default_one_back(capsys):
    """guardian knows the default database alone: during the comparison that is the owner's, who reads every grant."""
    f.national()
    case = f.own_case(f.member(f.shelter()))
    call_command("access_check")
    assert "what guardian says" in capsys.readouterr().out
    with as_role("nrm_owner"):
        CaseAccess.objects.filter(case=case).update(level=1)
    with pytest.raises(CommandError, match="1 differences"):
        call_command("access_check")
    assert "guardian says level 3" in capsys.readouterr().out
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        assert cursor.fetchone() == ("nrm_app",)
