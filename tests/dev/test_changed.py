"""What changed leads to its tests: by the subject's folder, by imports, by what SQL defines, by the name of a file."""

import pytest

from dev import changed


@pytest.fixture(scope="module")
def tests():
    return changed.Tests()


@pytest.mark.parametrize(
    ("path", "found", "left"),
    [
        ("victims/needs/forms.py", "tests/victims/needs/test_needs.py", "tests/plans/money/test_money.py"),
        ("templates/victims/needs/need_form.html", "tests/victims/needs/test_needs.py", "tests/dev/test_run.py"),
        ("dev/check.py", "tests/dev/test_run.py", "tests/victims/needs/test_needs.py"),
        ("tests/dev/test_run.py", "tests/dev/test_run.py", "tests/dev/test_changed.py"),
        ("tests/guarantees/conditions.py", "tests/guarantees/test_rows.py", "tests/dev/test_run.py"),
        (".ci/run", "tests/dev/test_run.py", "tests/victims/needs/test_needs.py"),
    ],
)
def test_a_changed_file_leads_to_its_tests_and_not_to_others(tests, path, found, left):
    touched = tests.touched(path)
    assert found in touched
    assert left not in touched


def test_sql_leads_to_the_tests_that_name_what_it_defines_and_to_its_callers(tests, monkeypatch, tmp_path):
    (tmp_path / "victims" / "sql").mkdir(parents=True)
    (tmp_path / "victims" / "needs").mkdir()
    (tmp_path / "victims" / "sql" / "x.sql").write_text("CREATE OR REPLACE FUNCTION nrm.a_need_of_nobody() ...")
    (tmp_path / "victims" / "needs" / "operations.py").write_text('cursor.execute("SELECT nrm.a_need_of_nobody()")')
    monkeypatch.setattr(changed, "ROOT", tmp_path)
    tests.modules.add("tests/made/test_up.py")
    tests.texts["tests/made/test_up.py"] = "asks a_need_of_nobody of the database"
    touched = tests.touched("victims/sql/x.sql")
    assert "tests/made/test_up.py" in touched
    assert "tests/victims/needs/test_needs.py" in touched
    assert "tests/plans/money/test_money.py" not in touched


def test_relative_and_plain_imports_are_read():
    text = "import os\nfrom . import world\nfrom ..factories import (\n    case,\n    person,\n)\n"
    assert changed.imports("tests/victims/test_x.py", text) == {
        *["os", "tests.victims", "tests.victims.world"],
        *["tests.factories", "tests.factories.case", "tests.factories.person"],
    }


def test_a_commit_that_is_not_there_is_said(capsys):
    assert changed.main(["no-such-commit"]) == 2
    assert "name one" in capsys.readouterr().err
