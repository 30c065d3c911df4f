"""Bring files that are no table, or more than one: each is refused in words, nothing is fetched, the site goes on."""

import io
import socket
import threading
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import openpyxl
from lxml import html

from .insider import Insider

PAGE, ACCOUNT = "/imports/", "foyer"
SHEET = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{rows}</sheetData></worksheet>'
TAKEN = "a true workbook, which is taken"  # or nothing that is refused says anything
TOLD = "what stands in a file of the server"
SLOW = 20  # seconds that one file may hold a request, on a busy machine


@contextmanager
def listener() -> Iterator[tuple[int, list]]:
    """Listen on the loopback; yield the port and what called."""
    called: list = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def accept() -> None:
            while True:
                try:
                    caller, place = server.accept()
                except OSError:
                    return
                called.append(place)
                caller.close()

        threading.Thread(target=accept, daemon=True).start()
        yield server.getsockname()[1], called


def workbook(sheet: str, **more: bytes) -> bytes:
    """Return an XLSX that any reader opens, with this text in place of its first sheet."""
    plain, made = io.BytesIO(), io.BytesIO()
    openpyxl.Workbook().save(plain)
    with zipfile.ZipFile(plain) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as book:
        for name in old.namelist():
            book.writestr(name, sheet if name == "xl/worksheets/sheet1.xml" else old.read(name))
        for name, content in more.items():
            book.writestr(name.replace("__", "/"), content)
    return made.getvalue()


def row(number: int, *texts: str) -> str:
    cells = (f'<c r="{chr(65 + at)}{number}" t="inlineStr"><is><t>{text}</t></is></c>' for at, text in enumerate(texts))
    return f'<row r="{number}">{"".join(cells)}</row>'


def hostile(port: int, inside: Path) -> dict[str, tuple[str, bytes]]:
    """Return name and content of each file, by what it tries. `inside`: a file that must not be read."""
    outside = f'<!DOCTYPE a [<!ENTITY b SYSTEM "http://127.0.0.1:{port}/">]>'
    own = f'<!DOCTYPE a [<!ENTITY b SYSTEM "{inside.as_uri()}">]>'
    laughs = "<!DOCTYPE a [" + '<!ENTITY a0 "ha">' + "".join(
        f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10)) + "]>"  # fmt: skip

    def sheet(text: str) -> str:
        return SHEET.format(rows=row(1, "reference", "urgence") + row(2, text, "2"))

    deep = io.BytesIO()
    with zipfile.ZipFile(deep, "w") as book:
        for number in range(5_000):
            book.writestr(f"xl/worksheets/sheet{number}.xml", "")
    return {
        TAKEN: ("a.xlsx", workbook(sheet("x"))),
        "an entity of another site": ("a.xlsx", workbook(outside + sheet("&b;"))),
        "an entity of a file of ours": ("a.xlsx", workbook(own + sheet("&b;"))),
        "a billion laughs": ("a.xlsx", workbook(laughs + sheet("&a9;"))),
        "four hundred megabytes in one": ("a.xlsx", workbook("0" * 400_000_000)),
        "five thousand parts": ("a.xlsx", deep.getvalue()),
        "a macro": ("a.xlsm", workbook(sheet("x"), xl__vbaProject__bin=b"\xd0\xcf\x11\xe0")),
        "a picture": ("a.csv", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40),
        "a program": ("a.csv", b"\x7fELF" + bytes(4_000)),
        "zeros": ("a.csv", bytes(1_500_000)),
        "one endless line": ("a.csv", b"a" * 1_900_000),
        "a million columns": ("a.csv", b";" * 1_000_000 + b"\n" + b";" * 900_000),
        "quotes that never close": ("a.csv", b'reference;urgence\n"' + b"x;\n" * 500_000),
        "too large": ("a.csv", b"a;b\n" * 20_000_000),
        "an archive in an archive": ("a.ods", workbook("x", inside__zip=workbook("0" * 20_000_000))),
        "a name that climbs": ("../../../../a.csv", b"reference;urgence\n1;2\n"),
        "a name with markup": ('<img src=x onerror="alert(1)">.csv', b"reference;urgence\n1;2\n"),
    }


def tried(platform) -> Iterator[dict]:
    """Yield a line for each file: how it was answered, and in how many seconds."""
    insider = Insider(platform.site, ACCOUNT).sign_in()
    inside = platform.place / "inside"
    inside.write_text(TOLD)
    with listener() as (port, called):
        for what, (name, content) in hostile(port, inside).items():
            page = html.fromstring(insider.get(PAGE).content)
            form = next(form for form in page.forms if "table" in form.fields)
            began = time.monotonic()
            answer = insider.send(form, {}, PAGE, files={"table": (name, content)})
            seconds = time.monotonic() - began
            found = list(insider.broken)
            insider.broken.clear()
            if seconds > SLOW:
                found.append(f"held for {seconds:.0f} s")
            if TOLD in answer.text or 'onerror="alert(1)"' in answer.text.replace("&quot;", "'"):
                found.append("what it holds came out")
            if answer.status_code == 200 and not html.fromstring(answer.content).xpath(
                "//*[@id='erreurs' or @role='alert']"
            ):
                found.append("no word of what is wrong")
            if what == TAKEN and answer.status_code != 302:
                found.append("refused")
            yield {"check": what, "status": answer.status_code, "seconds": round(seconds, 1), "found": found}
        yield {"check": "nothing was fetched", "found": [str(place) for place in called]}
    began = time.monotonic()
    status = insider.get("/imports/").status_code
    late = (
        []
        if status == 200 and time.monotonic() - began < SLOW
        else [f"{status} after {time.monotonic() - began:.0f} s"]
    )
    yield {"check": "the site goes on", "found": late}
