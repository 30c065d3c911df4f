"""Say one case in the terms of the HTCDS and of our extension: text of cells, and the JSON made of them."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import IO

from django.utils import timezone

from foundation.words import countries
from referral.htcds.words import FIELDS, IDENTIFYING, LANGUAGES, MANY, OWN, PREFIX, Fate
from victims.models import Case

STRONGEST = ("recognised", "identified", "presumed", "not_established")
SCHEMA = "urn:repere:htcds-cases:1.0"
TRUE = "TRUE"
SEALED = ("asylum", "detention")  # how a person was detected, when it tells of the right to stay: behind that category


@dataclass(frozen=True)
class Told:
    """Hold what is open of one case; what is not is empty."""

    case: Case
    own_reference: str = ""
    profile: dict = field(default_factory=dict)
    episodes: list[dict] = field(default_factory=list)
    views: list = field(default_factory=list)
    identity: dict = field(default_factory=dict)
    contacts: list[dict] = field(default_factory=list)


def columns(*, named: bool) -> list[str]:
    """Return the columns of a table: the fields held, then our extension. `named`: with identity and contact."""
    every = [*(name for name, field in FIELDS.items() if field.fate == Fate.HELD), *OWN]
    return [name for name in every if named or name not in IDENTIFYING]


def record_of(told: Told, names: dict[str, dict[str, str]]) -> dict[str, str]:
    """Return {column: text}, without empty texts. `names`: list of the pack -> code -> value of the standard."""
    said = {
        "con_Consent": TRUE,
        **_case(told.case, names),
        **_profile(told.profile, names),
        **_path(told, names),
        **_identification(told.views, names),
        **_identity(told.identity),
        **_contact(told.contacts),
        "repere_own_reference": told.own_reference,
    }
    return {name: text for name, text in said.items() if text}


def _case(case: Case, names) -> dict:
    transferred = case.closure_reason == "transfer"
    return {
        "prs_Deceased": TRUE if case.closure_reason == "death" else "",
        "prs_PrimaryLanguage": LANGUAGES.get(case.language, "").partition(" ")[0],
        "cas_Status": "ClosedReferred" if transferred else names["case_statuses"].get(case.status, ""),
        "cas_ReasonForCaseClosure": names["closure_reasons"].get(case.closure_reason, ""),
        "cas_IncomingReferralDate": timezone.localtime(case.received_at).date().isoformat(),
        "repere_reference": case.reference,
        "repere_age_side": case.age_side,
        "repere_territory": case.territory_id,
        "repere_form": case.form,
        "repere_language": case.language,
        "repere_status": case.status,
        "repere_urgency": case.urgency,
    }


def _profile(profile: dict, names) -> dict:
    nationality = profile.get("nationality", "")
    return {
        "prs_Gender": names["sexes"].get(profile.get("sex", ""), ""),
        "prs_Citizenship": nationality if nationality in countries.CODES else "",
        "repere_nationality": nationality,
        "repere_age_group": profile.get("age_group", ""),
        "repere_detection": "" if profile.get("detection") in SEALED else profile.get("detection", ""),
    }


def _path(told: Told, names) -> dict:
    forms = [told.case.form, *(episode.get("form", "") for episode in told.episodes)]
    values = dict.fromkeys(names["forms_of_exploitation"].get(form, "") for form in forms)
    first = told.episodes[0] if told.episodes else {}
    began = first.get("began", "")
    return {
        "vic_TypeOfExploitation": ";".join(value for value in values if value),
        "hte_Country": first.get("country", ""),
        "hte_State": first.get("department", ""),
        "hte_Date": began if len(began) == len("2024-03-15") else "",
        "hte_Type": "Exploitation" if first else "",
        "repere_episodes": ";".join("|".join(_episode(one)) for one in told.episodes),
    }


EPISODE = ("form", "country", "department", "began", "ended", "ongoing")


def _episode(data: dict) -> list[str]:
    return [{True: "yes", False: "no"}.get(data.get(name), str(data.get(name) or "")) for name in EPISODE]


def _identification(views: list, names) -> dict:
    ranked = sorted(views, key=lambda view: (STRONGEST.index(view.status), view.stated_on))
    first = ranked[0] if ranked else None
    return {
        "vic_TraffickingStatus": names["identification_statuses"].get(first.status, "") if first else "",
        "vic_TraffickingStatusDecisionMakingOrg": (
            names["identification_deciders"].get(first.body, "Other") if first else ""
        ),
        "repere_identification": ";".join(f"{v.body}|{v.status}|{v.stated_on.isoformat()}" for v in ranked),
    }


def _identity(identity: dict) -> dict:
    births = identity.get("births", [])
    born = births[0]["date"] if births else ""
    known = len(born) == len("1998-03-12") and len(births) == 1 and not births[0].get("estimated")
    return {
        "prs_FirstName": identity.get("given_names", ""),
        "prs_SecondName": identity.get("family_name", ""),
        "prs_Birthdate": date.fromisoformat(born).isoformat() if known else "",
        "repere_birth": ";".join(b["date"] + ("~" if b.get("estimated") else "") for b in births) if not known else "",
    }


def _contact(contacts: list[dict]) -> dict:
    """Return the person's own ways to be reached: never those of somebody else, nor of who controls the person."""
    own = [one for one in contacts if one.get("whose") == "hers" and one.get("value")]
    mail = next((one for one in own if one.get("channel") == "email"), {})
    phone = next((one for one in own if one.get("channel") in ("phone", "sms", "messaging")), {})
    return {
        "prs_Email": mail.get("value", ""),
        "prs_MobilePhone": phone.get("value", ""),
        "repere_contact_channel": phone.get("channel", ""),
        "repere_contact_hours": (phone or mail).get("hours", ""),
    }


def write_json(out: IO[bytes], head: list[str], rows: Iterable) -> None:
    """Write the table as a document of `data/htcds/cases-1.0.schema.json`, case by case; empty cells are left out."""
    told = {"standard": "HTCDS", "version": "2.0", "schema": SCHEMA}
    out.write((json.dumps(told, indent=1).removesuffix("\n}") + ',\n "cases": [').encode())
    between = ""
    for row in rows:
        said = json.dumps(_document(dict(zip(head, row, strict=True))), ensure_ascii=False, indent=1)
        out.write(f"{between}\n{said}".replace("\n", "\n  ").encode())
        between = ","
    out.write(b"\n ]\n}")


def _document(record: dict) -> dict:
    said = {name: _value(name, text) for name, text in record.items() if text}
    own = {name.removeprefix(PREFIX): said.pop(name) for name in list(said) if name.startswith(PREFIX)}
    return {**said, "extension": own}


def _value(name: str, text: str):
    if name in ("con_Consent", "prs_Deceased"):
        return text == TRUE
    if name in MANY:
        return text.split(";")
    if parts := {"repere_episodes": EPISODE, "repere_identification": ("body", "status", "stated_on")}.get(name):
        return [{key: said for key, said in zip(parts, one.split("|"), strict=True) if said} for one in text.split(";")]
    return text
