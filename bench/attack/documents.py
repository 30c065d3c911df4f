"""Bring the hostile files of the tests as documents of a case, take out what was taken, and look for what is left."""

import re
import time
from collections.abc import Iterator

from lxml import html

from tests.foundation.files.hostile import MARKERS, REFUSED, Hostile
from tests.foundation.files.hostile_documents import documents
from tests.foundation.files.hostile_others import EICAR, all_others
from tests.foundation.files.hostile_pictures import pictures

from .insider import Insider, links_of

ACCOUNT = "foyer"
CASE = re.compile(r"^/dossiers/[0-9a-f-]{36}/")
FILE = re.compile(r"^/documents/[0-9a-f-]{36}/$")
MOST = 38  # taken within an hour: one member adds 40
SLOW = 30  # seconds that one file may hold a request, on a busy machine
CHECKED = 90  # seconds until the worker scanned all of them


def tried(platform) -> Iterator[dict]:
    """Yield a line for each file that was brought, and for each document that was taken out."""
    insider = Insider(platform.site, ACCOUNT).sign_in()
    page = _page(insider)
    yield {"check": "a case to which documents may be added", "found": [] if page else ["none"]}
    if not page:
        return
    yield from _brought(insider, page)
    yield from _taken_out(insider, page.removesuffix("ajouter/"))
    status = insider.get("/").status_code
    yield {"check": "the site goes on", "found": [] if status == 200 else [str(status)]}


def _page(insider: Insider) -> str:
    """Return the page that adds a document to the first case that takes one."""
    cases = {match[0] for link in links_of(html.fromstring(insider.get("/dossiers/").content), "/dossiers/")
             if (match := CASE.match(link))}  # fmt: skip
    for case in sorted(cases):
        answer = insider.ask("GET", f"{case}documents/ajouter/")
        if answer.status_code == 200 and _form(answer) is not None:
            return f"{case}documents/ajouter/"
    return ""


def _form(answer):
    return next((form for form in html.fromstring(answer.content).forms if "file" in form.fields), None)


def _brought(insider: Insider, page: str) -> Iterator[dict]:
    taken = 0
    for one in (one for some in (pictures, documents, all_others) for one in some()):
        refused = one.expected == REFUSED
        taken += not refused
        if not refused and taken > MOST:
            continue
        began = time.monotonic()
        typed = {"sort": "other", "title": f"Document {taken}", "place": "usual"}
        answer = insider.send(_form(insider.ask("GET", page)), typed, page, files={"file": (one.name, one.content)})
        if answer.status_code == 413:
            insider.session.close()  # its body was not read, so the server ends the connection
        seconds = round(time.monotonic() - began, 1)
        found = [*insider.broken, *_wrong(one, answer)]
        insider.broken.clear()
        if seconds > SLOW:
            found.append(f"held for {seconds:.0f} s")
        yield {"check": one.what, "status": answer.status_code, "seconds": seconds, "found": found}


def _wrong(one: Hostile, answer) -> list[str]:
    if one.expected != REFUSED:
        return [] if answer.status_code == 302 else [f"{answer.status_code}: was to be taken"]
    if answer.status_code == 302:
        return ["taken"]
    said = answer.status_code == 413 or html.fromstring(answer.content).xpath("//*[@id='erreurs' or @role='alert']")
    return [] if said else ["no word of what is wrong"]


def _taken_out(insider: Insider, listed: str) -> Iterator[dict]:
    """Yield what is wrong with each document that a browser saves."""
    pages = _pages(insider, listed)
    yield {"check": "documents of the case", "number": len(pages), "found": [] if pages else ["none"]}
    late = time.monotonic() + CHECKED
    for page in pages:
        form = None
        while form is None and time.monotonic() < late:
            forms = html.fromstring(insider.get(page).content).forms
            form = next((form for form in forms if (form.get("action") or "").endswith("telecharger/")), None)
            time.sleep(0 if form is not None else 2)
        if form is None:
            yield {"check": f"download of {page}", "found": ["never ready"]}
            continue
        answer = insider.send(form, {}, page)
        yield {"check": "download", "status": answer.status_code, "found": [*insider.broken, *_left(answer)]}
        insider.broken.clear()


def _pages(insider: Insider, listed: str) -> list[str]:
    found: dict[str, None] = {}
    path = listed
    while path:
        links = links_of(html.fromstring(insider.get(path).content), path)
        found |= dict.fromkeys(link for link in links if FILE.match(link))
        path = next((link for link in links if link.startswith(f"{listed}?cursor=") and link not in found), "")
        if path:
            found[path] = None
    return [link for link in found if FILE.match(link)]


def _left(answer) -> list[str]:
    """Return what is wrong with a download: what a browser would do with it, and what is still in it."""
    if answer.status_code != 200:
        return [str(answer.status_code)]
    head = {name.lower(): value for name, value in answer.headers.items()}
    wanted = {"content-disposition": "attachment", "content-security-policy": "sandbox",
              "x-content-type-options": "nosniff", "cache-control": "no-store"}  # fmt: skip
    found = [name for name, part in wanted.items() if part not in head.get(name, "")]
    if head.get("content-type", "").split(";")[0] not in {"image/jpeg", "image/png", "application/pdf", "text/plain"}:
        found.append(head.get("content-type", "no type"))
    if EICAR not in answer.content:
        found += [mark.decode("latin-1") for mark in MARKERS if mark in answer.content]
    return found
