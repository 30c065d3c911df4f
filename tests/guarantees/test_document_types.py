"""The API document types what it can: no object without names, and each code of a list that is ours as an enumeration.

A text without enumeration or format is named below, by hand, with what it holds: words, a code of a list that is data
(read at `reference`, with its version), or something to give back as it is.
"""

import json
from pathlib import Path

SCHEMAS = json.loads((Path(__file__).resolve().parents[2] / "docs" / "openapi.json").read_text())["components"][
    "schemas"
]
# objects whose names are data: signs of the catalogue, filters of a list
BY_NAME = {"AlertInput.observations", "AnswersShown.observations", "AskExportInput.filters"}
WORDS = {
    "advice",
    "after",
    "aliases",
    "asked_by",
    "basis",
    "before",
    "blocked",
    "callback",
    "child_reason",
    "cleared",
    "code_word",
    "comment",
    "court",
    "decision",
    "detail",
    "disclaimer_en",
    "disclaimer_fr",
    "en",
    "family_name",
    "faults",
    "feedback",
    "field",
    "first",
    "fr",
    "function",
    "given_names",
    "heard_by",
    "hint",
    "hours",
    "label",
    "label_en",
    "label_fr",
    "lot",
    "lacking",
    "last",
    "legal_reason",
    "motives",
    "name",
    "nickname",
    "note",
    "number",
    "offered",
    "own_reference",
    "proxy",
    "reasons",
    "ruleset_label_en",
    "ruleset_label_fr",
    "takes",
    "text",
    "title",
    "value",
    "verified",
    "waits",
    "where",
    "who",
    "who_may_answer",
    "why",
    "wish",
    "words",
    "example",
}
DATA = {
    "act",
    "body",
    "catalogue_version",
    "closure_reason",
    "code",
    "country",
    "department",
    "detection",
    "form",
    "from_territory",
    "grid",
    "grid_version",
    "indicator",
    "indicators",
    "known_by",
    "meaning",
    "means",
    "nationalities",
    "nationality",
    "needs",
    "observations",
    "other_territory",
    "others",
    "outcome",
    "place",
    "positive",
    "procedure",
    "question",
    "region",
    "relationship",
    "role",
    "rule",
    "ruleset",
    "service",
    "services",
    "support",
    "supporting",
    "territories",
    "territory",
    "to_territory",
    "trigger",
    "age_group",
}
GIVEN_BACK = {
    "asked",
    "cursor",
    "filters",
    "header",
    "next",
    "orientation",
    "parameter",
    "passphrase",
    "pointer",
    "reference",
    "since",
    "table",
    "token",
    "trace_id",
    "began",
    "date",
    "ended",
    "until",
}
# codes here, while the same name is an enumeration elsewhere: lists of another thing, that are data, or words
OTHERWISE = {
    "purpose": {"AgreementShown", "AskedShown", "ConsentShown", "RecordAgreementInput", "SetQuestionInput"},
    "reason": {
        *("AskExportInput", "ChangeNeedInput", "ClosingInput", "DeclineInput", "LegalShareShown", "MoveShown"),
        *("NeedShown", "ProposedShown", "StepActShown"),
    },
    "status": {"ResidenceEntry", "ResidenceShown", "WriteResidenceInput"},
    "sex": {"AnswerSurveyInput", "SurveyShown"},
    "said": {"RecordOpinionInput"},
    "kinds": {"AnswerInput"},
    "language": {"GroupInput"},
}


def found() -> tuple[list[str], dict[str, set[str]]]:
    """Return the objects without names, and {name of an open text: schemas}."""
    objects: list[str] = []
    texts: dict[str, set[str]] = {}

    def walk(schema, path: str, name: str) -> None:
        kinds = schema.get("type")
        if kinds == "object" and "properties" not in schema:
            objects.append(path)
        text = "string" in (kinds if isinstance(kinds, list) else [kinds])
        if text and not {"format", "enum", "const"} & schema.keys():
            texts.setdefault(name, set()).add(path.split(".")[0])
        for key, inner in schema.get("properties", {}).items():
            walk(inner, f"{path}.{key}", key)
        rows = schema.get("maxItems") != 0 and schema.get("items")
        for inner in [rows, schema.get("additionalProperties"), *schema.get("oneOf", []), *schema.get("allOf", [])]:
            if isinstance(inner, dict):
                walk(inner, path, name)

    for name, schema in SCHEMAS.items():
        walk(schema, name, name)
    return objects, texts


def test_each_object_says_its_names():
    objects, _texts = found()
    assert set(objects) == BY_NAME
    for place in BY_NAME:
        schema, name = place.split(".")
        assert SCHEMAS[schema]["properties"][name]["additionalProperties"], "its values are typed"


def test_each_code_of_a_list_of_ours_is_an_enumeration():
    _objects, texts = found()
    known = WORDS | DATA | GIVEN_BACK | OTHERWISE.keys()
    assert not texts.keys() - known, "make it an enumeration, or say in this file what it holds"
    assert {name: texts[name] for name in OTHERWISE} == OTHERWISE
    assert not known - texts.keys(), "nothing bears this name any more"
