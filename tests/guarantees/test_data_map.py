"""The data map is whole: each column says what it tells of somebody, and nothing of a person is in clear unseen."""

import ast
import re
from importlib import import_module

import pytest
from django.db import connection, models
from django.test.utils import isolate_apps

from dev.data_map import agreeing, facts, faults, page
from foundation.encryption import EncryptedField
from foundation.walls import declared
from referral.personal_data import rules
from referral.personal_data.words import OF_NOBODY, Door, Purpose, Sort, Whose

from .advice import ROOT
from .test_security_page import missing

TABLES, SAID, COLUMNS = facts.tables(), rules.tables(), rules.columns()
WALLED, RIGHTS = facts.walls(), declared()[1]
NEVER = facts.unused(WALLED, RIGHTS)
# Columns that are neither a sealed class nor in clear, by hand: nobody escapes « in clear » by a word in columns.csv.
OTHERWISE = {
    "hash": {"agencies_user.password", "agencies_apiclient.client_secret", "agencies_apiclient.former_secret",
             "agencies_sandbox.secret"},
    "digest": {
        "agencies_activationcode.digest", "agencies_draft.place", "agencies_keptform.browser",
        "agencies_providerlink.digest", "agencies_session.place", "agencies_session.session_key",
        "agencies_tries.digest", "oauth2_provider_accesstoken.token", "oauth2_provider_accesstoken.token_checksum",
        "referral_clientkey.digest", "referral_erasure.digest", "referral_exportfile.link", "referral_importpiece.keys",
        "referral_match.digest", "victims_matchtoken.digest", "victims_ownlabel.nickname_digest",
        "victims_ownlabel.reference_digest",
    },
    "file": {"victims_casefile.kept_as"},
    "sealed": {"mfa_authenticator.data", "referral_exportpiece.archive"},
}  # fmt: skip
# Longer than a code, in clear beside a case, and written by no person: versions, types, routes, what was computed.
NO_TEXT = {
    "referral_checklist.procedure", "referral_clientkey.key", "referral_clientkey.route", "referral_match.former",
    "victims_assessment.catalogue_version", "victims_casefile.media_type", "victims_observation.catalogue_version",
    "victims_statement.function",  # of the agent who signs, typed: about a member
}  # fmt: skip
# door -> code that takes rows through it: a model that it imports is declared to leave by that door
DOORS = {
    Door.API: ["referral/api"],
    Door.EXPORT: ["referral/exports", "referral/htcds"],
    Door.COPY: ["referral/data_copy"],
    Door.OPEN_DATA: ["plans/*/datasets.py", "plans/publication/datasets"],
}
# imported there to ask something of it; no row of it is written out
ASKED = {(Door.EXPORT, "agencies_membership"), (Door.EXPORT, "victims_readingalarm"),
         (Door.COPY, "victims_readingalarm"), (Door.API, "victims_readingalarm")}  # fmt: skip


def fails(found: list[str]) -> None:
    if found:
        pytest.fail("\n".join(f"- {each}" for each in found), pytrace=False)


def test_each_column_of_each_table_is_declared():
    fails(faults.undeclared(TABLES, SAID, COLUMNS))


def test_nothing_is_declared_that_is_no_more():
    fails(faults.gone(TABLES, SAID, COLUMNS))


def test_what_tells_of_somebody_is_sealed_or_says_why_not():
    fails(faults.in_clear(TABLES, COLUMNS, rules.reasons()) + faults.text_in_clear(TABLES, COLUMNS, NO_TEXT))


def test_rows_about_somebody_end_or_say_why_not():
    fails(faults.without_end(SAID, COLUMNS, NEVER))


def test_ends_by_a_constant_are_those_of_the_page_of_retention():
    on_the_page = set(re.findall(r"\| `([\w.]+)` \|$", (ROOT / "docs" / "retention.md").read_text(), re.MULTILINE))
    said = {table.until for table in SAID.values() if table.until and not table.until.startswith(rules.STAYS)}
    assert len(said) > 12
    assert said <= on_the_page, said - on_the_page


def test_who_is_kept_otherwise_than_sealed_or_in_clear_is_written_by_hand():
    found: dict[str, set[str]] = {}
    for (table, name), said in COLUMNS.items():
        if said.kept:
            found.setdefault(said.kept, set()).add(f"{table}.{name}")
    assert found == OTHERWISE


def test_parts_of_libraries_that_are_not_used_are_known():
    assert {
        "account_emailaddress", "account_emailconfirmation", "guardian_groupobjectpermission",
        "guardian_userobjectpermission", "oauth2_provider_devicegrant", "oauth2_provider_grant",
        "oauth2_provider_idtoken", "oauth2_provider_refreshtoken", "pghistory_context",
    } == NEVER  # fmt: skip


@pytest.mark.django_db
def test_the_database_has_no_table_beside_those_of_the_map():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT n.nspname || '.' || c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
            " WHERE c.relkind IN ('r', 'p', 'm') AND NOT c.relispartition"
            " AND n.nspname NOT IN ('pg_catalog', 'information_schema')"
            " AND n.nspname NOT LIKE 'pg\\_t%%'"
        )
        found = {name for (name,) in cursor.fetchall()}
    # turns of the worker: names of work, each row gone with the transaction that writes it
    others = {"public.django_migrations", "nrm.signing_key", "nrm.turn"}
    assert found - {f"public.{table}" for table in TABLES} == others


def imported(folder: str):
    """Yield the models that the modules of a folder, or the modules that a pattern finds, import by name."""
    for found in ROOT.glob(folder):
        for path in [found] if found.is_file() else found.rglob("*.py"):
            package = ".".join(path.relative_to(ROOT).with_suffix("").parts[:-1])
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.ImportFrom) and node.module and "models" in node.module.split("."):
                    module = import_module("." * node.level + node.module, package)
                    things = [getattr(module, alias.name, None) for alias in node.names]
                    yield from (
                        each
                        for each in things
                        if isinstance(each, type) and issubclass(each, models.Model) and hasattr(each, "_meta")
                    )


@pytest.mark.parametrize("door", DOORS)
def test_tables_that_a_door_names_are_declared_to_leave_by_it(door):
    named = {model._meta.db_table for folder in DOORS[door] for model in imported(folder)}
    assert len(named) > 5
    fails([
        f"{table} is read in {', '.join(DOORS[door])}: add « {door} » to the column « leaves » of its line in"
        f" {faults.TABLES}; or, when no row of it is written out, name it in ASKED of this test"
        for table in sorted(named)
        if SAID[table].whose != {Whose.NOBODY} and door not in SAID[table].leaves and (door, table) not in ASKED
    ])  # fmt: skip


def test_tables_declared_to_leave_by_mail_are_named_by_the_one_that_sends_mails():
    senders = [
        path
        for app in ("agencies", "foundation", "indicators", "journal", "notifications", "plans", "referral", "victims")
        for path in (ROOT / app).rglob("*.py")
        if "import EmailMessage" in path.read_text()
    ]
    assert [path.relative_to(ROOT).as_posix() for path in senders] == ["notifications/operations/delivery.py"]
    code = senders[0].read_text()
    names = {table: (table, TABLES[table].__name__) for table, said in SAID.items() if Door.MAIL in said.leaves}
    assert names.keys() == {"agencies_user", "notifications_event", "notifications_notice"}
    assert [table for table, known in names.items() if not any(re.search(rf"\b{each}\b", code) for each in known)] == []


def test_what_a_breach_tells_of_persons_is_their_situation_and_who_signed_is_the_directory():
    sorts = {name: {*said.sorts} for (table, name), said in COLUMNS.items() if table == "referral_breach"}
    assert {name for name, told in sorts.items() if told == {Sort.SITUATION}} == {
        "reference", "kind", "known_at", "due_at", "ongoing", "cnil", "notified_at", "persons",
    }  # fmt: skip
    assert {name for name, told in sorts.items() if told == {Sort.DIRECTORY}} == {
        "agency_id", "by_id", "at", "apart", "cnil_by_id", "persons_by_id",
        "closing_by_id", "closed_at", "closed_by_id",
    }  # fmt: skip


def test_the_page_of_security_lists_the_same_reasons_and_each_is_used():
    assert f"{page.clear_table()}\n" in (ROOT / "docs" / "security.md").read_text(), page.clear_table()
    used = {said.clear for said in COLUMNS.values()} | {"digests" for said in COLUMNS.values() if said.kept == "digest"}
    assert used - {""} == {*rules.reasons()}


def test_each_category_has_its_protection_and_the_tests_that_hold_it():
    assert {*page.PROTECTION} == {*Sort} - OF_NOBODY
    for sort, said in page.PROTECTION.items():
        named = re.findall(r"`(tests/[\w/]+\.py(?:::\w+)?)`", said[-1])
        assert all(said) and named, sort
        assert [each for each in named if missing(each)] == []


def test_each_code_of_the_words_is_used():
    assert {said.purpose for said in SAID.values()} == {*Purpose}
    assert {whose for said in SAID.values() for whose in said.whose} == {*Whose}
    assert {sort for said in COLUMNS.values() for sort in said.sorts} == {*Sort}
    assert {door for said in SAID.values() for door in said.leaves} == {*Door}


def test_what_must_agree_together_is_on_the_page():
    said = page.data_map("")
    names = {c.name for m in TABLES.values() for c in m._meta.constraints if isinstance(c, models.CheckConstraint)}
    assert len(names) > 60
    assert [name for name in names if f"`{name}`" not in said] == []
    assert (
        "victims_case, `closed_with_a_reason`: (`closure_reason` > '' and `status` is 'closed') or (not (`status` is"
        " 'closed') and `closure_reason` is '')"
    ) in said
    assert len(agreeing.refused_together()) > 15


READERS = {
    "victims_identity": "agencies that see the case at level 2 `summary` with the category `identity`",
    "victims_casetext": "agencies that see the case at level 3 `file`",
    "victims_matchtoken": "no member: the worker alone",
    "referral_savedsearch": "the member in `membership_id`",
    "referral_erasure": "roles whose sight is `journal`",
    "agencies_user": "every part of the application, without row security",
    "agencies_desk": "everybody who is let in, and public pages",
    "oauth2_provider_grant": "functions of the database alone",
}


@pytest.mark.parametrize("table", READERS)
def test_who_reads_is_told_of_the_policy(table):
    assert facts.readers(TABLES[table], WALLED, RIGHTS) == READERS[table]


@pytest.fixture
def planted():
    """A table of need texts to which somebody adds columns."""
    with isolate_apps("victims"):

        class Planted(models.Model):  # noqa: DJ008
            id = models.UUIDField(primary_key=True)
            sealed = EncryptedField()
            name = models.CharField(max_length=120)
            story = models.TextField()
            state = models.CharField(max_length=8, choices=[("a", "a"), ("b", "b")])

            class Meta:
                app_label = "victims"
                db_table = "victims_needtext"

        yield {"victims_needtext": Planted}


def said_of(**columns: tuple[set[Sort], str, str]) -> dict:
    return {
        ("victims_needtext", name): rules.Column("victims_needtext", name, frozenset(sorts), clear, kept)
        for name, (sorts, clear, kept) in columns.items()
    }


WHOLE = {
    "sealed": ({Sort.IDENTIFYING}, "", ""),
    "name": ({Sort.SITUATION}, "case", ""),
    "story": ({Sort.SITUATION}, "case", ""),
    "state": ({Sort.TECHNICAL}, "", ""),
}


def test_a_column_that_nobody_declared_is_named_with_the_line_to_write(planted):
    tables = {"victims_needtext": SAID["victims_needtext"]}
    assert faults.undeclared(planted, tables, said_of(**WHOLE)) == []
    (found,) = faults.undeclared(planted, tables, said_of(**{k: v for k, v in WHOLE.items() if k != "name"}))
    assert "victims_needtext.name is not declared" in found
    assert "« victims_needtext,CATEGORY,CLEAR,,name »" in found
    (found,) = faults.undeclared(planted, {}, said_of(**WHOLE))
    assert "« victims_needtext,WHOSE,PURPOSE,UNTIL,LEAVES »" in found


def test_a_declaration_of_a_column_or_a_table_that_is_gone_is_named(planted):
    tables = {"victims_needtext": SAID["victims_needtext"]}
    assert faults.gone(planted, tables, said_of(**WHOLE)) == []
    (found,) = faults.gone(planted, tables, said_of(**WHOLE, former=({Sort.NONE}, "", "")))
    assert "victims_needtext.former" in found
    (found,) = faults.gone(planted, {**tables, "victims_former": SAID["victims_needtext"]}, said_of(**WHOLE))
    assert "victims_former" in found


@pytest.mark.parametrize("sort", sorted({*Sort} - OF_NOBODY))
def test_each_category_of_persons_in_clear_asks_for_a_reason(planted, sort):
    assert faults.in_clear(planted, said_of(**WHOLE), rules.reasons()) == []
    (found,) = faults.in_clear(planted, said_of(**{**WHOLE, "name": ({sort}, "", "")}), rules.reasons())
    assert f"victims_needtext.name tells {sort} and stands in clear" in found
    assert "dump" in found and "clear.csv" in found
    found = faults.in_clear(planted, said_of(**{**WHOLE, "name": ({sort}, "because", "")}), rules.reasons())
    assert "« because » is no code" in found[0]


@pytest.mark.parametrize("sort", sorted({*Sort} - OF_NOBODY))
def test_no_reason_is_good_for_an_identity_or_an_offence_in_clear(planted, sort):
    found = faults.in_clear(planted, said_of(**{**WHOLE, "name": ({sort}, "case", "")}), rules.reasons())
    assert ["No reason is good for that" in each for each in found] == [True] * (sort in ("identifying", "art10"))


def test_a_reason_for_what_is_sealed_is_refused(planted):
    (found,) = faults.in_clear(planted, said_of(**{**WHOLE, "sealed": ({Sort.ART9}, "case", "")}), rules.reasons())
    assert "victims_needtext.sealed is not in clear" in found


@pytest.mark.parametrize("sort", sorted(Sort))
def test_free_text_beside_a_case_is_never_in_clear_whatever_it_is_called(planted, sort):
    said = said_of(**{**WHOLE, "story": ({sort}, "directory", "")})
    story, name = sorted(faults.text_in_clear(planted, said, ()), reverse=True)
    assert "victims_needtext.story is free text in clear beside a case" in story
    assert "victims_needtext.name is free text" in name
    assert faults.text_in_clear(planted, said, {"victims_needtext.story", "victims_needtext.name"}) == []
    elsewhere = {"plans_plan": planted["victims_needtext"]}
    assert faults.text_in_clear(elsewhere, said, ()) == []


def test_what_is_no_text_is_there():
    for each in NO_TEXT:
        assert tuple(each.split(".")) in COLUMNS


def test_no_page_is_drawn_of_what_is_not_declared(planted):
    faults.check(TABLES, SAID, COLUMNS)
    with pytest.raises(faults.UndeclaredError, match="victims_needtext,CATEGORY,CLEAR,,story"):
        faults.check(planted, SAID, {})


def test_a_table_about_somebody_without_an_end_is_named():
    said = SAID["referral_savedsearch"]
    columns = {key: each for key, each in COLUMNS.items() if key[0] == said.name}
    assert faults.without_end({said.name: said}, columns, set()) == []
    endless = rules.Table(said.name, said.whose, said.purpose, "", said.leaves)
    (found,) = faults.without_end({said.name: endless}, columns, set())
    assert "nothing says until when" in found
    nobodys = rules.Table(said.name, frozenset({Whose.NOBODY}), said.purpose, said.until, said.leaves)
    assert len(faults.without_end({said.name: nobodys}, columns, set())) == 2


def test_the_declarations_stand_with_the_product():
    """The public page reads them: they are not in docs/, which the image of production does not have."""
    left_out = (ROOT / ".dockerignore").read_text().split()
    assert "docs" in left_out and "data" not in left_out
    assert rules.FOLDER.relative_to(ROOT).parts[0] == "data"
