"""The generated pages say what the tables say, and the words around the code name things that exist."""

import re

import polib
import pytest

from dev.management.commands.generate_docs import PAGES

from .advice import ROOT

# the file written by hand that holds a right, by its label on the generated page, and the test that compares
HELD = {
    "read": ("tests/guarantees/expected/rows.csv", "tests/guarantees/test_rows.py"),
    "read of public policy": ("tests/guarantees/expected/policy_rows.csv", "tests/guarantees/test_policy_rows.py"),
    "write": ("tests/guarantees/expected/writes", "tests/guarantees/test_writes.py"),
    "write of public policy": ("tests/guarantees/expected/policy_writes.csv", "tests/guarantees/test_policy_writes.py"),
    "rights": ("tests/guarantees/expected/rights.csv", "tests/guarantees/test_walls.py"),
    "sight": ("tests/guarantees/expected/visibility.md", "tests/guarantees/test_visibility.py"),
    "move": ("tests/guarantees/expected/workflow.md", "tests/guarantees/test_workflow.py"),
}
GENERATE = "./run manage generate_docs"
LABELS = {"select": "read", "insert": "write", "update": "write", "delete": "write", "Rights": "rights",
          "Rights of the worker alone": "rights"}  # fmt: skip


def rights_said(page: str) -> dict[tuple[str, str, str], str]:
    """Return what a generated page says of each right: (thing, label of HELD, what of it) -> its text.

    A line « - select: … » or « Rights: … » is of the table in the heading above; a line of a Markdown table is a move
    when its table has the column « action », else what an application's role may do with a table or a role may see.
    """
    found, title, columns = {}, "", None
    for line in page.splitlines():
        if line.startswith("#"):
            title, columns = line.lstrip("# "), None
        elif line.startswith("|"):
            texts = [text.strip() for text in line.strip("|").split("|")]
            if columns is None:
                columns = texts
            elif "action" in columns:
                found[title, "move", f"{texts[0]} --{texts[1]}-->"] = ", ".join(texts[2:])
            elif not line.startswith("|---"):
                found[texts[0], "sight" if "sight" in columns else "rights", columns[1]] = texts[1]
        elif (said := re.match(r"(?:- )?([\w ]+): (.+)", line)) and (label := LABELS.get(said[1])):
            held = f"{label} of public policy" if title.startswith("plans_") else label
            found[title, held if held in HELD else label, said[1]] = said[2]
    return found


def advice(name: str, before: str, now: str) -> list[str]:
    """What to do about a generated page that is no longer what the tables say: the rights that changed first."""
    old, new = rights_said(before), rights_said(now)
    changed = [key for key in {**old, **new} if old.get(key) != new.get(key)]
    if not changed:
        return [f"docs/{name} is not what the tables say, and no right has changed: run {GENERATE}"]
    lines = [f"Rights have changed. docs/{name} is written anew only when the mission asks for each of them:"]
    for thing, label, what in changed:
        file, test = HELD[label]
        lines.append(
            f"- {thing}, {what}: was {old.get((thing, label, what), 'not there')}, is"
            f" {new.get((thing, label, what), 'not there')}. Say by hand in {file} who may, from the mission, until"
            f" {test} passes"
        )
    return [*lines, f"When the right is wrong, mend it where it is declared. Only then: {GENERATE}"]


@pytest.mark.parametrize("name", PAGES)
def test_generated_pages_are_current(name):
    before, now = (ROOT / "docs" / name).read_text(), PAGES[name]()
    if before != now:
        pytest.fail("\n".join(advice(name, before, now)), pytrace=False)


CHANGES = [
    # page, what was said there, what would be, words of the advice
    ("permissions.md", "a.level >= 3", "a.level >= 1", ["select: was `", "rows.csv", "test_rows.py"]),
    ("permissions.md", "- insert: `by_id = nrm.membership() AND ", "- insert: `",
     ["insert: was `by_id", "expected/writes"]),
    ("permissions.md", "Rights: SELECT, INSERT\n", "Rights: SELECT\n", ["was SELECT, INSERT, is", "rights.csv"]),
    ("permissions.md", "| auditor | journal |", "| auditor | case |", ["auditor, sight: was journal", "visibility.md"]),
    ("permissions.md", "| agencies_user | SELECT, ", "| agencies_user | ALL, ", ["agencies_user, ", "rights.csv"]),
    ("workflow.md", "| accepted | start | in_progress | desk |", "| accepted | start | in_progress | sender |",
     ["Orientation, accepted --start-->: was in_progress, desk,", ", is in_progress, sender,", "workflow.md"]),
]  # fmt: skip


@pytest.mark.parametrize(("name", "old", "new", "words"), CHANGES)
def test_a_changed_right_is_named_before_the_generator(name, old, new, words):
    page = PAGES[name]()
    assert old in page
    said = "\n".join(advice(name, page, page.replace(old, new, 1)))
    assert said.startswith("Rights have changed")
    assert said.endswith(GENERATE)
    assert all(word in said for word in words), said


def test_files_that_hold_rights_exist():
    assert all((ROOT / name).exists() for held in HELD.values() for name in held)


def test_a_changed_sentence_asks_for_the_generator_alone():
    page = PAGES["workflow.md"]()
    (said,) = advice("workflow.md", page, page.replace("read this one table", "read this table"))
    assert said == f"docs/workflow.md is not what the tables say, and no right has changed: run {GENERATE}"


def test_documents_name_files_that_exist():
    """A path in backquotes of the README, CONTRIBUTING and docs/ is a file or folder of the tree."""
    missing = []
    for page in [
        ROOT / "README.md",
        ROOT / "CONTRIBUTING.md",
        *ROOT.glob("docs/*.md"),
        *ROOT.glob("docs/decisions/*.md"),
    ]:
        for name in re.findall(r"`((?:[\w.-]+/)+[\w.-]*)`", page.read_text()):
            if "<" not in name and not name.startswith((".state", "api/", "repere/")) and not (ROOT / name).exists():
                missing.append(f"{page.name}: {name}")
    assert not missing, missing


def test_images_of_the_readme_exist():
    images = re.findall(r"!\[[^\]]*\]\(([^)]+)\)", (ROOT / "README.md").read_text())
    assert images, "the README shows real pages"
    assert all((ROOT / image).is_file() for image in images), images


OPERATED = ["operation.md", *sorted(f"runbook/{path.name}" for path in (ROOT / "docs" / "runbook").glob("*.md"))]


def test_words_of_the_screen_on_pages_for_operators_and_newcomers_are_on_the_screen():
    """Words in italics are those of a page (docs/runbook/README.md): who looks for one that was renamed is lost."""
    shown = {
        entry.msgstr.replace("\u00a0", " ").replace("\u202f", " ")
        for path in (ROOT / "locale" / "fr" / "fragments").glob("*.po")
        for entry in polib.pofile(str(path))
    }
    named = {
        (page, words)
        for page in [*OPERATED, "../README.md"]
        for words in re.findall(
            r"(?<!\*)\*([^*`\n]+)\*(?!\*)", re.sub(r"`[^`]*`", "", (ROOT / "docs" / page).read_text())
        )
    }
    assert len(named) > 12
    assert {words for _page, words in named if words not in shown} == {"italics"}
