"""A migration that would hold a table under load is refused, by what PostgreSQL would be told."""

import pytest

from dev import migration_locks

HARMLESS = """
BEGIN;
ALTER TABLE "victims_case" ADD COLUMN "x" bigint NULL;
CREATE TABLE "victims_new" ("id" bigint NOT NULL PRIMARY KEY, "case_id" uuid NOT NULL);
CREATE INDEX "new_case" ON "victims_new" ("case_id");
COMMIT;
"""
HOLDING = {
    "require-concurrent-index-creation": 'CREATE INDEX "i" ON "victims_case" ("x");',
    "adding-foreign-key-constraint": (
        'ALTER TABLE "victims_case" ADD CONSTRAINT "f" FOREIGN KEY ("x") REFERENCES "agencies_agency" ("id");'
    ),
    "adding-not-nullable-field": 'ALTER TABLE "victims_case" ALTER COLUMN "x" SET NOT NULL;',
    "changing-column-type": 'ALTER TABLE "victims_case" ALTER COLUMN "x" TYPE text USING "x"::text;',
    "constraint-missing-not-valid": 'ALTER TABLE "victims_case" ADD CONSTRAINT "c" CHECK ("x" > 0);',
    "disallowed-unique-constraint": 'ALTER TABLE "victims_case" ADD CONSTRAINT "u" UNIQUE ("x");',
    "renaming-column": 'ALTER TABLE "victims_case" RENAME COLUMN "x" TO "y";',
    "ban-drop-column": 'ALTER TABLE "victims_case" DROP COLUMN "x";',
    "ban-drop-table": 'DROP TABLE "victims_case";',
}


def refused(tmp_path, sql: str) -> str:
    (tmp_path / "a.0002.sql").write_text(sql)
    done = migration_locks.squawk(tmp_path)
    assert done.returncode in (0, 1), done.stderr
    assert bool(done.returncode) == bool(done.stdout)
    return done.stdout


def test_new_tables_and_nullable_columns_hold_nobody(tmp_path):
    assert refused(tmp_path, HARMLESS) == ""


@pytest.mark.parametrize("rule", HOLDING)
def test_statement_that_holds_a_table_is_refused(tmp_path, rule):
    assert rule in refused(tmp_path, f"BEGIN;\n{HOLDING[rule]}\nCOMMIT;\n")


def test_sql_that_is_not_understood_is_refused(tmp_path):
    assert "syntax-error" in refused(tmp_path, "ALTER TABLE;")


@pytest.mark.django_db
def test_every_migration_is_read(tmp_path, settings):
    settings.MIGRATION_MODULES = {}
    assert migration_locks.write_sql(tmp_path) == len(list(tmp_path.glob("*.sql"))) >= 7
    assert 'CREATE TABLE "victims_case"' in (tmp_path / "victims.0001_initial.sql").read_text()
    assert migration_locks.squawk(tmp_path).stdout == ""
