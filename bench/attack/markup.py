"""Type markup, a script, a template, a formula and an address into every field of every form that accounts reach; then
look where it came out: as an element of a page, in a computed cell of a table, as an act of a PDF, in a mail, in a log.

Each text has a mark of its own, so that what is found says from which field it came. A run in which no mark comes out
anywhere has tried nothing, and fails.
"""

import csv
import io
import itertools
import re
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urljoin

import pikepdf
from lxml import html

from .insider import FILE, LEFT, Insider, links_of

ACCOUNTS = ("infirmiere", "hotel", "foyer", "coordination", "juriste", "direction-foyer", "nationale", "collectif",
            "rapporteur", "enfance")  # fmt: skip
MARK = re.compile(r"zqx(\d+)z")
TYPED = {"text", "search", "textarea", "tel", "url"}
TEXTS = (
    '<img src=x onerror=alert("{mark}")>"\'><script>{mark}</script>',
    '" autofocus onfocus=alert({mark}) x="{{{{7*7}}}}{mark}',
    "=HYPERLINK(\"http://127.0.0.1/{mark}\")",
    "javascript:alert('{mark}')",
    "</textarea></title><svg onload={mark}>",
)  # fmt: skip


class Marks:
    """Give each text that is typed a mark, and remember where it was typed."""

    def __init__(self):
        self.numbers, self.typed = itertools.count(1000), {}
        self.alive: set[tuple[str, str]] = set()  # address, and mark that was more than text there

    def text(self, where: str, most: int) -> str:
        number = next(self.numbers)
        mark = f"zqx{number}z"
        self.typed[mark] = where
        text = TEXTS[number % len(TEXTS)].format(mark=mark)
        return text if len(text) <= most else f"<b>{mark}"[:most]


def fill(form, marks: Marks, where: str) -> dict[str, object]:
    """Return something for each field of a form: a marked text where one types, the first choice elsewhere."""
    typed: dict[str, object] = {}
    for field in form.inputs:
        name, kind = field.name, field.get("type") or ("textarea" if field.tag == "textarea" else "text")
        if not name or kind in ("hidden", "submit", "button", "file", "password"):
            continue
        if field.tag == "select":
            options = [option for option in field.value_options if option]
            typed.setdefault(name, options[:1] if field.multiple else (options or [""])[0])
        elif kind in ("radio", "checkbox"):
            typed.setdefault(name, field.get("value") or "on")
        elif kind in TYPED:
            typed[name] = marks.text(f"{where} {name}", int(field.get("maxlength") or 500))
        else:
            typed[name] = {"email": "essai@exemple.invalid", "date": "2026-11-28", "time": "10:30"}.get(kind, "1")
    for button in form.xpath(".//button[@name and (not(@type) or @type='submit')]")[:1]:
        typed.setdefault(button.get("name"), button.get("value") or "")
    return typed


def walk(insider: Insider, pages: int) -> Iterator[tuple[str, object]]:
    """Yield address and tree of the pages that somebody reaches, nearest first, one of each kind before a second."""
    waiting, seen, kinds = deque(["/"]), {"/"}, {}
    while waiting and pages:
        path = waiting.popleft()
        answer = insider.get(path)
        if "html" not in answer.headers.get("Content-Type", ""):
            continue
        pages -= 1
        tree = html.fromstring(answer.content)
        yield path, tree
        for link in links_of(tree, path):
            kind = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}|\d+", "*", link)
            if link in seen or FILE.search(link.partition("?")[0]) or kinds.get(kind, 0) >= 2:
                continue
            kinds[kind] = kinds.get(kind, 0) + 1
            seen.add(link)
            waiting.append(link)


def came_alive(tree) -> list[str]:
    """Return the marks of a page that are more than text: in a script, a handler, an address that runs, an element."""
    found = []
    for element in tree.iter():
        if not isinstance(element.tag, str):
            continue
        said = element.text or ""
        if element.tag in ("script", "style", "svg", "img") and MARK.search(said + "".join(element.attrib.values())):
            found += MARK.findall(said + "".join(element.attrib.values()))
        for name, value in element.attrib.items():
            runs = name.startswith("on") or (name in ("href", "src", "action", "formaction") and
                                             value.strip().lower().startswith("javascript:"))  # fmt: skip
            if runs:
                found += MARK.findall(value)
    found += list(re.findall(r"49zqx(\d+)z", tree.text_content()))
    return [f"zqx{number}z" for number in found]


def computed(text: str) -> list[str]:
    """Return the marks in cells that a spreadsheet would compute."""
    cells = itertools.chain.from_iterable(csv.reader(io.StringIO(text.lstrip("\ufeff")), delimiter=";"))
    return [mark[0] for cell in cells if cell[:1] in "=+-@\t\r" and (mark := re.search(r"zqx\d+z", cell))]


def acting(content: bytes) -> list[str]:
    """Return what of a PDF acts when it is opened or clicked, but links to addresses of the web and within the file."""
    found = []
    with pikepdf.open(io.BytesIO(content)) as paper:
        for each in paper.objects:
            if not isinstance(each, pikepdf.Dictionary):
                continue
            act, address = str(each.get("/S", "")), str(each.get("/URI", ""))
            if act in ("/JavaScript", "/Launch", "/SubmitForm", "/ImportData", "/GoToR") or "/JS" in each:
                found.append(act or "/JS")
            if address and (MARK.search(address) or not address.startswith(("http://", "https://", "mailto:", "tel:"))):
                found.append(address)
    return found


def tried(platform, accounts=ACCOUNTS, pages: int = 110) -> Iterator[dict]:
    """Type into every form, then read everything again; yield a line for each way out."""
    marks = Marks()
    insiders = [Insider(platform.site, name).sign_in() for name in accounts]
    forms = sum(type_everywhere(insider, marks, pages) for insider in insiders)
    yield {"check": "typed", "forms": forms, "fields": len(marks.typed), "found": [] if forms else ["no form"]}
    met, alive, cells, files = set(), marks.alive, set(), 0
    papers: dict[str, list[str]] = {}
    for insider in insiders:
        for path, tree in walk(insider, pages):
            met |= {f"zqx{number}z" for number in MARK.findall(html.tostring(tree, encoding="unicode"))}
            alive |= {(path, mark) for mark in came_alive(tree)}
            for link in {link for link in links_of(tree, path) if link.partition("?")[0].endswith(".csv")}:
                files += 1
                cells |= {(link, mark) for mark in computed(insider.get(link).content.decode(errors="replace"))}
            for link in {
                link for link in links_of(tree, path) if link.partition("?")[0].endswith(".pdf")
            } - papers.keys():
                papers[link] = acting(insider.get(link).content)
    said = [f"{path}: typed in {marks.typed.get(mark, mark)}" for path, mark in sorted(alive)]
    yield {"check": "pages", "marks met": len(met), "found": said if met else ["no mark came out anywhere"]}
    yield {"check": "tables", "files": files, "found": sorted(f"{path} {mark}" for path, mark in cells)}
    acts = sorted(f"{path} {act}" for path, found in papers.items() for act in found)
    yield {"check": "papers", "files": len(papers), "found": acts if papers else ["no PDF was met"]}
    mails = insiders[0].get("/dev/mails/").text
    yield {"check": "mails", "found": sorted({marks.typed.get(f"zqx{n}z", n) for n in MARK.findall(mails)})}
    yield {"check": "logs", "found": sorted(in_logs(platform.place / "state" / "logs", marks))}
    broken = sorted({line for insider in insiders for line in insider.broken})
    yield {"check": "answers", "asked": sum(insider.asked for insider in insiders), "found": broken}


def sample(platform) -> Iterator[dict]:
    """Two accounts, two dozen pages each."""
    yield from tried(platform, ("infirmiere", "foyer"), 25)


def type_everywhere(insider: Insider, marks: Marks, pages: int) -> int:
    """Send each form of the pages somebody reaches, once; return how many were sent."""
    done = set()
    for path, tree in walk(insider, pages):
        for form in tree.xpath("//main//form"):
            kind = (re.sub(r"[0-9a-f-]{36}|\d+", "*", form.get("action") or path), tuple(sorted(form.fields.keys())))
            with_file = any(field.get("type") == "file" for field in form.inputs if field.tag == "input")
            ends = LEFT.search(urljoin(path, form.get("action") or ""))  # signs out, or shuts somebody out
            if (form.get("method") or "get").lower() != "post" or kind in done or with_file or ends:
                continue
            done.add(kind)
            answer = insider.send(form, fill(form, marks, f"{insider.name} {path}"), path)
            if (
                "html" in answer.headers.get("Content-Type", "") and answer.content
            ):  # with its errors, and what was typed
                alive = came_alive(html.fromstring(answer.content))
                marks.alive |= {(f"the answer to {path}", mark) for mark in alive}
    return len(done)


def in_logs(folder: Path, marks: Marks) -> set[str]:
    """Return where what stands in a log was typed."""
    texts = (path.read_text(errors="replace") for path in folder.rglob("*") if path.is_file())
    return {marks.typed.get(f"zqx{number}z", number) for text in texts for number in MARK.findall(text)}
