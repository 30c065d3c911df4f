"""Find what the declarations of data/personal_data miss, say too much of, or leave in clear."""

from collections.abc import Collection

from django.db import models

from referral.personal_data.rules import STAYS, Column, Table
from referral.personal_data.words import OF_A_PERSON, OF_NOBODY, Door, Purpose, Sort, Whose

from .facts import CODE, erased_with, fields, free_text, kept

NEVER_IN_CLEAR = {Sort.IDENTIFYING, Sort.ART10}
COLUMNS, TABLES = "data/personal_data/columns.csv", "data/personal_data/tables.csv"


class UndeclaredError(Exception):
    """Signal that models and declarations differ; the message says which lines to write or to take out."""


def check(models_of: dict[str, type[models.Model]], tables: dict[str, Table], columns: dict) -> None:
    """Raise UndeclaredError when no page could be drawn of these declarations."""
    found = undeclared(models_of, tables, columns) + gone(models_of, tables, columns)
    if found:
        raise UndeclaredError("\n".join(["", *found]))


def undeclared(models_of: dict[str, type[models.Model]], tables: dict[str, Table], columns: dict) -> list[str]:
    """Name each table and column of the models that nobody declared, and the line to write."""
    out = []
    for table, model in models_of.items():
        if table not in tables:
            out.append(
                f"{table} is not declared. Add to {TABLES} a line « {table},WHOSE,PURPOSE,UNTIL,LEAVES »."
                f" WHOSE: one or more of {_codes(Whose)}. PURPOSE: one of {_codes(Purpose)}. UNTIL: empty when ERASED"
                " (referral/policies/erasures.py) names the table; else a constant of docs/retention.md, or"
                f" « {STAYS}why ». LEAVES: none or more of {_codes(Door)}."
            )
        out += [
            f"{table}.{field.column} is not declared: nobody said what it tells of a person. Add to {COLUMNS} a line"
            f" « {table},CATEGORY,CLEAR,,{field.column} », or its name to a line of the table there. CATEGORY: one or"
            f" more of {_codes(Sort)}. CLEAR: empty for an EncryptedField, technical or none; else why it is in clear,"
            " a code of data/personal_data/clear.csv."
            for field in fields(model)
            if (table, field.column) not in columns
        ]
    return out


def gone(models_of: dict[str, type[models.Model]], tables: dict[str, Table], columns: dict) -> list[str]:
    """Name each declaration of a table or column that is no more."""
    there = {(table, field.column) for table, model in models_of.items() for field in fields(model)}
    out = [f"{TABLES} declares {table}, which is no table any more: take its line out." for table in tables]
    out = [said for table, said in zip(tables, out, strict=True) if table not in models_of]
    return out + [
        f"{COLUMNS} declares {table}.{name}, which is no column any more: take it out of its line."
        for table, name in columns
        if (table, name) not in there
    ]


def in_clear(models_of: dict[str, type[models.Model]], columns: dict[tuple[str, str], Column], reasons) -> list[str]:
    """Name each column that tells something of somebody, stands in clear, and for which no reason is given."""
    out = []
    for table, model in models_of.items():
        for field in fields(model):
            said = columns.get((table, field.column))
            if said is None:
                continue
            name, how, tells = f"{table}.{field.column}", kept(field, said), said.sorts - OF_NOBODY
            if said.clear and said.clear not in reasons:
                out.append(f"{name}: « {said.clear} » is no code of data/personal_data/clear.csv.")
            if how == "" and tells and not said.clear:
                out.append(
                    f"{name} tells {_listed(tells)} and stands in clear: whoever gets a dump, a backup or the password"
                    " of the database reads it. Make it an EncryptedField; or, when SQL has to ask for it, give in"
                    f" {COLUMNS} the code of a reason of data/personal_data/clear.csv, which docs/security.md prints"
                    " under « In clear in the tables, and why »."
                )
            if how == "" and tells & NEVER_IN_CLEAR and said.clear:
                out.append(
                    f"{name} tells {_listed(tells & NEVER_IN_CLEAR)} and stands in clear: a copy of the database would"
                    " say who somebody is, or of what crime. No reason is good for that: make it an EncryptedField."
                )
            if said.clear and (how or not tells):
                out.append(
                    f"{name} is not in clear, or tells nothing of anybody: {COLUMNS} gives it a reason it needs not."
                )
    return out


def text_in_clear(models_of, columns: dict[tuple[str, str], Column], known: Collection[str]) -> list[str]:
    """Name free text in clear of tables that go with a case, whatever it was called. `known`: what is no such text."""
    return [
        f"{table}.{field.column} is free text in clear beside a case: somebody will write a name or a story there, and"
        " no reason is good for that. Make it an EncryptedField, a closed list (choices), or a code of"
        f" {CODE} characters at most; what a program writes there is named by hand in"
        " tests/guarantees/test_data_map.py."
        for table, model in models_of.items()
        if erased_with(table)
        for field in fields(model)
        if free_text(field)
        and f"{table}.{field.column}" not in known
        and not kept(field, columns.get((table, field.column)))
    ]


def without_end(tables: dict[str, Table], columns: dict[tuple[str, str], Column], never: set[str]) -> list[str]:
    """Name tables about somebody of which nothing says until when, or about whom. `never`: tables that stay empty."""
    tell = {table: {s for (t, _), said in columns.items() if t == table for s in said.sorts} for table in tables}
    out = []
    for table, said in tables.items():
        if tell[table] - OF_NOBODY and said.whose == {Whose.NOBODY}:
            out.append(f"{table} tells {_listed(tell[table] - OF_NOBODY)}: {TABLES} must say of whom.")
        if tell[table] & OF_A_PERSON and not said.whose - {Whose.NOBODY, Whose.MEMBER}:
            out.append(
                f"{table} tells {_listed(tell[table] & OF_A_PERSON)} of more than members: {TABLES} must say of whom."
            )
        if said.whose != {Whose.NOBODY} and not said.until and not erased_with(table) and table not in never:
            out.append(
                f"{table} is about {_listed(said.whose)} and nothing says until when. Name it in ERASED"
                " (referral/policies/erasures.py) when its rows belong to a case or an alert; else write in the column"
                f" « until » of {TABLES} a constant of docs/retention.md, or « {STAYS}why »."
            )
    return out


def _codes(words) -> str:
    return ", ".join(words.values)


def _listed(codes) -> str:
    return ", ".join(sorted(codes))
