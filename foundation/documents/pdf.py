"""Make documents to print and send: data in a Typst template (foundation/documents/typst), as a tagged PDF (PDF/UA-1).

Content is passed as data (JSON), never as markup: typed text cannot become a command of the template. Only the fonts of
the library are used, so that pages are the same on every machine.
"""

import json
from datetime import UTC, datetime
from pathlib import Path

import typst
from django.utils.translation import override

from foundation.words.demonstration import demonstration_notice

HOME = Path(__file__).parent / "typst"


def render(template: str, data: dict, *, title: str, language: str, at: datetime | None = None) -> bytes:
    """Return the PDF of foundation/documents/typst/<template>.typ with `data`.

    In the template: `#import "base.typ": *`, `#show: sheet`, then `data.…` (base.typ). `at`: date of the content; the
    same data and date give the same bytes.
    """
    with override(language):
        mark = demonstration_notice()
    inputs = {**data, "document": {"title": title, "language": language, "demonstration": mark}}
    return typst.compile(
        str(HOME / f"{template}.typ"),
        root=str(HOME),
        format="pdf",
        sys_inputs={"data": json.dumps(inputs, ensure_ascii=False)},
        pdf_standards=["ua-1"],
        ignore_system_fonts=True,
        timestamp=int((at or datetime(2000, 1, 1, tzinfo=UTC)).timestamp()),
    )
