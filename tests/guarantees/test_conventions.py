"""Conventions that fail the build, each with what to do instead; and each proven on a tree with one fault planted."""

from pathlib import Path

import pytest
from django.apps import apps

from agencies.models import Membership
from foundation import walls
from foundation.words import translations
from notifications.models import Event, Notice
from victims.models import Case

from . import conventions, french, inserts

ROOT = Path(__file__).resolve().parents[2]
# Found by their name: the error pages, the sign-in page, and what a library renders.
BY_CONVENTION = {"400.html", "403.html", "403_csrf.html", "404.html", "500.html", "registration/login.html"}
RULES = {
    "queries": conventions.bare_queries,
    "imports": conventions.imports,
    "tasks": conventions.task_arguments,
    "length": conventions.long_files,
    "templates": conventions.template_faults,
    "resources": conventions.outside_resources,
    "mails": conventions.mail_faults,
    "english": french.french_sentences,
}


@pytest.mark.parametrize("rule", RULES)
def test_the_tree_keeps_the_rule(rule):
    found = RULES[rule](ROOT)
    assert not found, "\n".join(found)


def test_every_template_is_used():
    found = conventions.unused_templates(ROOT, BY_CONVENTION)
    assert not found, "\n".join(found)


def test_every_sentence_has_its_french():
    paths = sorted((ROOT / "locale" / "fr" / "fragments").glob("*.po"))
    read = {path.relative_to(ROOT).as_posix(): translations.join([path]) for path in paths}
    found = french.untranslated(
        ROOT, {path: {(entry.msgctxt, entry.msgid) for entry in entries} for path, entries in read.items()}
    )
    assert not found, "\n".join(found)


def test_what_is_told_holds_no_person():
    """Columns of events and notices: ids, codes, dates, and the random reference. Nothing a name would fit in."""
    names = {field.name for model in (Event, Notice) for field in model._meta.concrete_fields}
    assert names == {
        "id", "kind", "subject", "subject_id", "reference", "audience", "agencies", "actor_id", "at", "fanned_at",
        "event", "as_author", "membership", "channel", "state", "attempts", "due_at", "sent_at", "read_at", "position",
        "changed_at", "priority",
    }, "a new column of Event or Notice: it may hold no name, no address and no text, and say so here"  # fmt: skip
    texts = [
        f for model in (Event, Notice) for f in model._meta.concrete_fields if f.get_internal_type() == "TextField"
    ]
    assert texts == []


def test_models_that_have_a_sentence_of_their_own_are_those_of_the_rule():
    """A queryset with `of` or `visible_to` is the only way to its model from a page: the rule names them all."""
    walled = {wall.table for wall in walls.declared()[0]}
    found = {
        model.__name__
        for model in apps.get_models()
        if model._meta.db_table in walled and (hasattr(model.objects, "of") or hasattr(model.objects, "visible_to"))
    }
    missing, gone = sorted(found - conventions.ENTRY_MODELS), sorted(conventions.ENTRY_MODELS - found)
    assert not missing, (
        f"{missing} have an entry of their own: add them to ENTRY_MODELS of tests/guarantees/conventions.py"
    )
    assert not gone, f"{gone} have none any more: take them out of ENTRY_MODELS of tests/guarantees/conventions.py"


def members_of(model) -> list[str]:
    """Columns of the model that hold a membership, by their key or by their name."""
    fields = model._meta.local_fields
    return [f.column for f in fields if f.related_model is Membership or f.column in ("actor_id", "membership_id")]


def test_each_row_is_inserted_in_the_name_of_who_writes_it():
    columns = {model._meta.db_table: members_of(model) for model in apps.get_models(include_auto_created=True)}
    declared = walls.declared()[0]
    found = conventions.unsigned(declared, columns)
    assert not found, "\n".join(found)
    real = {f"{wall.table}.{column}" for wall in declared if wall.insert for column in columns[wall.table]}
    assert not conventions.NAMES_ANOTHER.keys() - real, "no such column any more: take it off NAMES_ANOTHER"


@pytest.mark.parametrize("policy", ["agency_id = nrm.desk()", "by_id = nrm.desk()", "given_by_id = nrm.membership()"])
def test_a_policy_without_signature_is_found_with_advice(policy):
    wall = walls.Wall("victims_need", select="true", insert=policy)
    (said,) = conventions.unsigned([wall], {"victims_need": ["by_id"]})
    assert "Add « By('by_id') » (in SQL: « by_id = nrm.membership() »)" in said
    assert "to the insert policy in victims/policies/needs.py;" in said


def test_a_bare_insert_names_each_column():
    found = inserts.unnamed(ROOT, inserts.must_be_named())
    assert not found, "\n".join(found)


def test_a_column_left_out_of_an_insert_is_found_with_advice(tmp_path):
    (tmp_path / "victims" / "sql").mkdir(parents=True)
    (tmp_path / "victims" / "sql" / "cases.sql").write_text(
        "\nINSERT INTO victims_assignment (case_id, agency_id, at,\n by_id)"
    )
    wanted = inserts.must_be_named()
    (said,) = inserts.unnamed(tmp_path, wanted)
    assert said.startswith("victims/sql/cases.sql:2: INSERT INTO victims_assignment does not name « membership_id »")
    assert said.endswith("with its value (victims/models/cases.py says no default)")
    assert {"persons", "employer_immunity"} < wanted["victims_case"].keys()
    (tmp_path / "victims" / "sql" / "cases.sql").write_text("INSERT INTO nowhere (x)")
    assert inserts.unnamed(tmp_path, wanted) == []


def test_no_column_behind_row_security_is_read_back():
    found = inserts.read_back({wall.table for wall in walls.declared()[0]})
    assert not found, "\n".join(found)


def test_a_column_that_is_read_back_is_found_with_advice(monkeypatch):
    persons = Case._meta.get_field("persons")
    monkeypatch.setattr(persons, "db_default", 1)
    (said,) = inserts.read_back({"victims_case", "victims_need"})
    assert said.startswith("Case.persons has db_default") and "In victims/models/cases.py write default=" in said


PLANTED = [
    (
        "queries",
        "referral/summary/views.py",
        "def page(request):\n    return Case.objects.all()\n",
        "Case.objects.visible_to",
    ),
    (
        "queries",
        "referral/api/views/records.py",
        "def one(pk):\n    return Alert.objects.get(pk=pk)\n",
        "Alert.objects.visible_to",
    ),
    ("queries", "referral/inbox/views/alerts.py", "x = get_object_or_404(AlertDesk, pk=1)\n", "AlertDesk.objects.of"),
    ("imports", "referral/models.py", "from rest_framework import serializers\n", "into arguments first"),
    ("imports", "journal/operations.py", "def record(request):\n    pass\n", "take the actor"),
    (
        "imports",
        "referral/routing/selectors/desks.py",
        "from guardian.shortcuts import assign_perm\n",
        "victims.access.access",
    ),
    ("tasks", "referral/tasks.py", "@task('x')\ndef tell(name):\n    pass\n", "pass ids"),
    ("length", "victims/models/cases.py", "x = 1\n" * 400, "cut it at a seam"),
    ("templates", "templates/a.html", '<form method="post"><button>x</button></form>', "form_token"),
    ("templates", "templates/a.html", "<script>alert(1)</script>", "send its address"),
    ("templates", "templates/a.html", '<p style="color:red">x</p>', "use a class"),
    ("templates", "templates/a.html", '<button onclick="x()">x</button>', "from a script file"),
    ("templates", "templates/a.html", '<img src="https://exemple.invalid/x.png" alt="">', "send it from static"),
    ("templates", "templates/a.html", "<p>{{ label }} : {{ count }}</p>", "space it differently"),
    ("templates", "templates/a.html", "<p>{{ label }}: {{ count }}</p>", "space it differently"),
    ("templates", "templates/a.html", "<p>{{ words|truncatechars_html:90 }}</p>", "escape before it"),
    ("templates", "templates/a.html", "<div><h1>A</h1>{% error_summary form %}</div>", "before h1"),
    ("mails", "templates/notifications/mail/fr/a.txt", "Bonjour {{ person.full_name }}", "nothing else"),
    ("mails", "referral/tasks.py", "send_mail('x')\n", "write an event"),
    ("resources", "static/repere/a.css", "a { background: url(https://exemple.invalid/a.png) }", "another site"),
    ("english", "templates/a.html", '{% load i18n %}{% translate "Ouvrir le dossier" %}', "in English"),
    ("english", "templates/a.html", '{% load i18n %}{% translate "Choose « none »" %}', "English quotes"),
]


@pytest.mark.parametrize(("rule", "path", "text", "advice"), PLANTED)
def test_a_planted_fault_is_found_with_advice(rule, path, text, advice, tmp_path):
    for app in conventions.APPS:
        (tmp_path / app).mkdir()
    (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / path).write_text(text)
    found = RULES[rule](tmp_path)
    assert len(found) == 1
    assert advice in found[0]
    assert path.removeprefix("templates/") in found[0]


def test_an_unused_template_and_a_sentence_without_french_are_found(tmp_path):
    for app in conventions.APPS:
        (tmp_path / app).mkdir()
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "a.html").write_text('{% load i18n %}{% translate "Open" %}')
    assert "remove it, or use it" in conventions.unused_templates(tmp_path, set())[0]
    cases, desks = "locale/fr/fragments/cases.po", "locale/fr/fragments/desks.po"
    assert french.untranslated(tmp_path, {desks: set(), cases: {(None, "Open")}}) == []
    (tmp_path / "templates" / "referral").mkdir()
    for name, text in (("desk", "Call"), ("case", "Follow")):
        (tmp_path / "templates" / "referral" / f"{name}.html").write_text(
            f'{{% load i18n %}}{{% translate "{text}" %}}{{% translate "New {text}" %}}'
        )
    known = {desks: {(None, "Call")}, cases: {(None, "Follow"), (None, "Open")}}
    assert french.untranslated(tmp_path, known) == [
        f"referral/case.html: « New Follow » has no French: add it at the end of {cases}",
        f"referral/desk.html: « New Call » has no French: add it at the end of {desks}",
    ]
