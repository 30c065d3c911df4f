"""Write docs/data-map.md: what is held of people, column by column, how it is kept, who reads it, until when."""

from collections import Counter

from django.utils import translation

from foundation.walls import declared
from plans.publication.rules.opendata import datasets
from referral.desk.filters import LISTS
from referral.exports.selectors import columns as export_columns
from referral.htcds.words import FIELDS, Fate
from referral.models import Export
from referral.personal_data import rules
from referral.personal_data.words import Door, Sort, Whose

from . import agreeing, facts, faults

INTRO = (
    "# Data map\n\nEach table and each column: what it tells of somebody, how it is kept, who reads it, what ends it,"
    " by which door it leaves. Nearly all of it is derived from models, policies, the list of what is erased, lists"
    " taken out and datasets. What no code can tell (which category, whose, for what, why in clear) is declared once in"
    " `data/personal_data/`. `tests/guarantees/test_data_map.py` fails when a column has no declaration, and when one"
    " that tells something of a person stands in clear without a reason. Drawn primary keys tell nothing and are left"
    " out.\n"
)
# category -> what protects it: at rest, who reads, in logs and mails, on leaving; and the tests that hold it
PROTECTION = {
    Sort.IDENTIFYING: (
        "sealed; found again by keyed digests alone",
        "a category of its own (identity, contact), opened on purpose; what a text tells: who reads the text",
        "never",
        "with the category, counted; a list or a copy after a factor shown just now",
        "`tests/guarantees/test_leaks.py`, `tests/guarantees/test_rows.py`,"
        " `tests/victims/reading/test_reading_budget.py`",
    ),
    Sort.SITUATION: (
        "sealed when it is text; codes that SQL asks for in clear",
        "levels 1 to 3 of the case",
        "an id or a reference",
        "with the level that opens it",
        "`tests/guarantees/test_leaks.py`, `tests/guarantees/test_rows.py`",
    ),
    Sort.ART9: (
        "sealed when it is text; form of exploitation, signs and needs as codes in clear",
        "a category of its own (health, residence), or level 3",
        "never",
        "with the category",
        "`tests/guarantees/test_leaks.py`, `tests/guarantees/test_rows.py`",
    ),
    Sort.ART10: (
        "sealed",
        "a category of its own (offence), for agencies that may hold it; what a story tells: level 3",
        "never",
        "with the category, in no list taken out",
        "`tests/guarantees/test_leaks.py`, `tests/guarantees/test_rows.py`",
    ),
    Sort.MINORS: (
        "sealed when it is a date or a name; the side of majority in clear",
        "as the situation",
        "never",
        "as the situation",
        "`tests/guarantees/test_leaks.py`, `tests/referral/erasure/test_terms.py`",
    ),
    Sort.DIRECTORY: (
        "in clear",
        "members",
        "an id",
        "open data: organisations alone",
        "`tests/guarantees/test_policy_rows.py`, `tests/guarantees/test_leaks.py`",
    ),
    Sort.ACCESS: (
        "hashed, as a digest, or sealed",
        "on no page, once it was made",
        "never",
        "never",
        "`tests/guarantees/test_stolen_password.py`, `tests/referral/sessions/test_sessions.py`",
    ),
}


def data_map(head: str) -> str:
    """Return docs/data-map.md. Raises UndeclaredError."""
    faults.check(facts.tables(), rules.tables(), rules.columns())
    with translation.override("en"):
        parts = [head, INTRO, _categories(), _clear(), _staying(), _leaving(), _agreeing(), *_tables()]
        return "\n".join(parts)


def clear_table() -> str:
    """Return the table « In clear in the tables, and why », as docs/security.md holds it."""
    lines = [f"| {what} | {why} |\n" for what, why in rules.reasons().values()]
    return "| what | why |\n|---|---|\n" + "".join(lines)


def _categories() -> str:
    sealed, clear = Counter(), Counter()
    models_of, said = facts.tables(), rules.columns()
    for (table, name), column in said.items():
        field = next(f for f in facts.fields(models_of[table]) if f.column == name)
        for sort in column.sorts:
            (clear if facts.kept(field, column) == "" else sealed)[sort] += 1
    out = ["## Categories, and what protects each\n\n", "Integrity: a sealed value opens in its row alone"]
    out.append(
        " (`tests/foundation/test_encryption.py`); what is corrected keeps its former state; the journal is sealed."
    )
    out.append(" Retention and logs: [retention](retention.md), [acts](acts.md).\n\n")
    out.append(
        "| code | what it is | columns sealed or digested | in clear | at rest | who reads | in logs and mails |"
    )
    out.append(" on leaving | held by |\n|---|---|---|---|---|---|---|---|---|\n")
    for sort in Sort:
        rules_of = PROTECTION.get(sort, ("", "", "", "", ""))
        out.append(f"| `{sort}` | {sort.label} | {sealed[sort]} | {clear[sort]} | {' | '.join(rules_of)} |\n")
    return "".join(out)


def _clear() -> str:
    by: dict[str, list[str]] = {}
    for (table, name), column in rules.columns().items():
        if column.clear or column.kept == "digest":
            by.setdefault(column.clear or "digests", []).append(f"{table}.{name}")
    out = ["## In clear, and why\n\n"]
    for code, (what, why) in rules.reasons().items():
        out.append(f"- `{code}`, {len(by.get(code, []))} columns: {what}. Why: {why}.\n")
    return "".join(out)


def _staying() -> str:
    by: dict[str, list[str]] = {}
    for table, said in rules.tables().items():
        if said.until.startswith(rules.STAYS):
            by.setdefault(said.until.removeprefix(rules.STAYS), []).append(table)
    return "## What no rule forgets\n\n" + "".join(f"- {why}: {', '.join(named)}\n" for why, named in by.items())


def _leaving() -> str:
    out = ["## What leaves, by door\n\n", "Tables by door are declared; what passes through each is derived.\n\n"]
    for door in Door:
        named = [table for table, said in rules.tables().items() if door in said.leaves]
        out.append(f"- `{door}`, {door.label}: {', '.join(named)}.\n")
    by: dict[str, list[str]] = {}
    for code in LISTS:
        titles = export_columns(Export(content=Export.Content.LIST, listed=code))
        by.setdefault(", ".join(map(str, titles)), []).append(f"`{code}`")
    out += [f"\nColumns of {', '.join(codes)} taken out: {titles}.\n" for titles, codes in by.items()]
    held = [name for name, field in FIELDS.items() if field.fate == Fate.HELD]
    out.append(f"\nFields of a file in the HTCDS standard ([each](htcds.md)): {', '.join(f'`{n}`' for n in held)}.\n")
    out.append("\nOpen data, fields of each dataset:\n\n")
    for code, dataset in datasets().items():
        out.append(f"- `{code}`: {', '.join(f'`{field.name}`' for field in dataset.fields)}\n")
    return "".join(out)


def _agreeing() -> str:
    out = ["## Values that must agree together\n\nHeld by the database, whoever writes:\n\n"]
    out += [f"- {table}, `{name}`: {condition}\n" for table, name, condition in agreeing.constraints()]
    out.append("\nRefused by forms, for pages and programs alike:\n\n")
    out += [f"- `{form}`: {' / '.join(said)}\n" for form, said in agreeing.refused_together()]
    out.append("\nWhich state follows which: [workflow](workflow.md).\n")
    return "".join(out)


def _tables() -> list[str]:
    walled, rights = facts.walls(), declared()[1]
    never, out = facts.unused(walled, rights), ["## Tables\n"]
    for table, model in sorted(facts.tables().items()):
        said = rules.tables()[table]
        about = ", ".join(str(whose.label) for whose in Whose if whose in said.whose)
        lines = [f"### {table}\n\n{facts.about(model)}\n\n", f"- about: {about}\n- for: {said.purpose.label}\n"]
        if said.whose != {Whose.NOBODY}:
            lines.append(
                f"- read by: {facts.readers(model, walled, rights)}\n- until: {facts.ends(table, said, never)}\n"
            )
        if said.leaves:
            lines.append(f"- leaves by: {', '.join(f'`{door}`' for door in said.leaves)}\n")
        out.append("".join([*lines, "\n", *_columns(table, model)]))
    return out


def _columns(table: str, model) -> list[str]:
    groups: dict[tuple[str, str], list[str]] = {}
    for field in facts.fields(model):
        said = rules.columns()[table, field.column]
        how = facts.KEPT[facts.kept(field, said)] + (f" (`{said.clear}`)" if said.clear else "")
        shape = facts.shape(field)
        text = f"`{field.column}`" + (f" ({shape})" if shape and shape != "sealed" else "")
        groups.setdefault((", ".join(sort for sort in Sort if sort in said.sorts), how), []).append(text)
    return [f"- {sorts}, {how}: {', '.join(names)}\n" for (sorts, how), names in groups.items()]
