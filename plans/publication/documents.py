"""Documents to print and to send: a template of plans/publication/typst, filled with data, as a tagged PDF (PDF/UA-1).

Content only ever travels as data (JSON), never as markup: what somebody typed cannot become a command of the template.
Only the fonts that the library carries are used, so that a page is the same on every machine.
"""

import json
from datetime import UTC, datetime
from pathlib import Path

import typst

HOME = Path(__file__).parent / "typst"


def render(template: str, data: dict, *, title: str, language: str, at: datetime | None = None) -> bytes:
    """`render("plan", {...}, title="…", language="fr")`: plans/publication/typst/plan.typ with `data`.

    In the template: `#import "base.typ": *`, `#show: sheet`, then `data.…` (plans/publication/typst/base.typ). `at`:
    the date of what is shown; the same data and date give the same bytes.
    """
    told = {**data, "document": {"title": title, "language": language}}
    return typst.compile(
        str(HOME / f"{template}.typ"),
        root=str(HOME),
        format="pdf",
        sys_inputs={"data": json.dumps(told, ensure_ascii=False)},
        pdf_standards=["ua-1"],
        ignore_system_fonts=True,
        timestamp=int((at or datetime(2000, 1, 1, tzinfo=UTC)).timestamp()),
    )
