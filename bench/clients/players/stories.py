"""Play what a shelter and a coordination do, each by its own program: every step through a generated client."""

import uuid
from datetime import UTC, datetime
from typing import Any

from .listener import Listener
from .program import Program, Stuck

PLACE = {"territory": "75", "when": "today", "minor": "no", "danger": "no", "form": "labour_exploitation"}
ORAL = {"purpose": "share_named", "proof": "oral", "explained": ["purpose", "withdrawal"]}


def sure(held: object, words: str) -> None:
    """Raise Stuck unless what the story expects is so."""
    if not held:
        raise Stuck(words)


def shelter(ours: Program, other: Program, listener: Listener) -> None:
    """Open a case of our own, follow the person, ask a service of her choice, and learn what became of it.

    The service answers by its own program; each news reaches ours by a webhook and by its notices.
    """
    since = ours.do("list_notices", limit=1)["since"]
    key = uuid.uuid4().hex
    opened = {**PLACE, "agrees": True, "language": "ro", "own_reference": f"ESSAI-{key[:8]}"}
    case = ours.do("open_case", opened, idempotency_key=key)["id"]
    sure(ours.do("open_case", opened, idempotency_key=key)["id"] == case, "sent again, it is another case")
    home = ours.do("get_case", id=case)["lead_agency"]["id"]
    _person(ours, case, home)
    _follow_up(ours, case, home)
    asked = _ask(ours, case, "legal_support", level="file", categories=["identity"], at=["Droit ouvert"])
    _answer(other, asked, listener)
    found = ours.do("get_orientation", id=asked)
    sure(found["state"] == "completed", f"the outcome: {found['state']}")
    _told(ours, asked, since, {"orientation_opened", "orientation_accepted", "orientation_completed"})
    ours.do("get_access", id=case)
    ours.do("get_case_history", id=case)
    closed = ours.do("close_case", {"reason": _code(ours, "closure_reasons")}, of="get_case", id=case)
    sure(closed["status"] == "closed", f"the case: {closed['status']}")


def _code(program: Program, name: str) -> Any:
    """Return the first code of a reference list."""
    return program.do("get_reference", name=name)["results"][0]["code"]


def _person(ours: Program, case: str, home: int) -> None:
    """Record what the person agreed to, and who she is."""
    own = {**ORAL, "agencies": [home], "level": "file", "categories": ["identity", "health"]}
    made = ours.do("record_agreement", own, of="get_agreements", id=case)["made"]
    sure(made in [one["id"] for one in ours.do("get_agreements", id=case)["agreements"]], "the agreement is not there")
    name = {"family_name": "Fictive", "given_names": "Irina", "births": [{"date": "1998-03"}], "nationalities": ["RO"]}
    ours.do("record_identity", name, of="get_identity", id=case)
    read = ours.do("get_identity", id=case)["identity"]
    sure(read["family_name"] == "Fictive", "the identity reads otherwise")


def _follow_up(ours: Program, case: str, home: int) -> None:
    """Note a need and what is done about it; write in the thread and find it again."""
    need = {"service": "legal_support", "priority": "now", "text": "Essai"}
    need = ours.do("add_need", need, of="get_needs", id=case)["made"]
    action = {"text": "Appeler", "agency": home}
    action = ours.do("add_action", action, of="get_needs", id=case, thing=need)["made"]
    done = {"done_on": datetime.now(UTC).date().isoformat()}
    ours.do("finish_action", done, of="get_needs", id=case, thing=action)
    stale = ours.call("get_needs", None, {"id": case}).headers.get("etag", "")
    ours.do("write_entry", {"sort": "message", "text": "Rendez-vous lundi"}, id=case)
    [seen] = ours.do("get_needs", id=case)["needs"]
    state = {"state": "in_progress", "priority": "soon", "seen": seen["changed_at"]}
    ours.do("change_need", state, of="get_needs", id=case, thing=need)
    if "if_match" in ours.client.takes("change_need"):
        ours.do("change_need", {**state, "priority": "now"}, expect=412, id=case, thing=need, if_match=stale)
    found = ours.do("search_thread", {"words": "lundi"}, id=case)["entries"]
    sure(len(found) == len(ours.do("get_thread", id=case)["entries"]) == 1, "the thread")


def _ask(ours: Program, case: str, need: str, *, level: str, categories: list[str], at: list[str]) -> str:
    """Ask a service for a need: with the person's agreement to it, after a look at exactly what it will read."""
    ranked = ours.do("rank_services", id=case, service=need)["services"]
    free = [one for one in ranked if not one["blocked"] and any(words in one["name"] for words in at)]
    sure(free, f"no service: {ranked}")
    chosen, reach = free[0]["agency"], {"level": level, "categories": categories}
    agreed = ours.do("record_agreement", {**ORAL, **reach, "agencies": [chosen]}, of="get_agreements", id=case)["made"]
    draft = {"service": need, "addressee": chosen, "verb": "refer", "agreement": agreed, "exclusive": True, **reach}
    asked = ours.do("draft_orientation", draft, of="get_case", id=case)["made"]
    preview = ours.do("preview_orientation", id=asked)
    sure(preview["lacking"] == "" and preview["sheet"], f"the draft lacks: {preview['lacking']}")
    sent = ours.do("send_orientation", {"brief": {"note": "Disponible le matin"}}, of="preview_orientation", id=asked)
    sure(sent["state"] == "sent", f"the request: {sent['state']}")
    return asked


def _answer(other: Program, asked: str, listener: Listener | None = None) -> None:
    """Open, accept, begin and complete a request, as the service asked; its sender's program is told of each."""
    waiting = [one["id"] for one in other.do("list_orientations", state="sent")["results"]]
    sure(asked in waiting, "the request is not at the desk")
    for verb, body in (("open", None), ("accept", {"comment": "Volontiers"}), ("start", None)):
        sure(verb in other.do("get_orientation", id=asked)["actions"], f"{verb} is not offered")
        other.do(f"{verb}_orientation", body, of="get_orientation", id=asked)
    other.do("complete_orientation", {"outcome": _code(other, "outcomes")}, of="get_orientation", id=asked)
    if listener:
        for kind in ("orientation_opened", "orientation_accepted", "orientation_started", "orientation_completed"):
            found = listener.wait_for(lambda said, kind=kind: said["type"] == kind and said["data"].get("id") == asked)
            sure(found, f"no webhook told {kind}: {listener.told}, {listener.refused} refused")


def _told(ours: Program, asked: str, since: str, kinds: set[str]) -> None:
    """Read what happened since, and note it as read."""
    about = [one for one in ours.do("list_notices", since=since)["results"] if one.get("subject_id") == asked]
    sure(kinds <= {one["kind"] for one in about}, f"the notices: {[one['kind'] for one in about]}")
    read = ours.do("read_notice", {"older": False}, id=about[0]["id"])
    sure(read["read_at"], "the notice is not read")


def coordination(unit: Program, shelter: Program) -> None:
    """Take an alert out of the inbox, open it and a case, and ask a shelter for a place."""
    known = {"agreement": "yes", "recipients": ["association"], "none_of_these": True, "note": "Essai"}
    sent = shelter.do("send_alert", {**PLACE, **known})
    inbox = unit.do("list_received_alerts", limit=100)["results"]
    sure(sent["id"] in [one["id"] for one in inbox], "the alert is not in the inbox")
    unit.do("open_alert", of="get_alert", id=sent["id"])
    sure("act" in unit.do("get_alert", id=sent["id"])["actions"], "no case may be opened")
    case = unit.do("act_on_alert", of="get_alert", id=sent["id"])["case"]
    sure(unit.do("get_case", id=case)["lead"], "the unit does not lead")
    asked = _ask(unit, case, "safe_housing", level="summary", categories=[], at=["Foyer Horizon"])
    _answer(shelter, asked)
    sure(unit.do("get_orientation", id=asked)["state"] == "completed", "the request has no outcome")
    states = [one["state"] for one in unit.do("list_sent_orientations", limit=100)["results"] if one["id"] == asked]
    sure(states == ["completed"], f"the list of requests: {states}")
    told = shelter.do("get_alert", id=sent["id"])["state"]
    sure(told == "taken_up", f"the author reads: {told}")
