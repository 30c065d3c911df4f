"""Write OpenDocument texts: headings and paragraphs on A4, with their language for screen readers."""

import re
from collections.abc import Iterable

from foundation.tables.ods import clean, package

MIME = "application/vnd.oasis.opendocument.text"
_SPACES = " ".join(
    [
        *(
            f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
            for name in ("office", "text", "style", "meta")
        ),
        'xmlns:fo="urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0"',
        'xmlns:dc="http://purl.org/dc/elements/1.1/"',
    ]
)
_XML = '<?xml version="1.0" encoding="UTF-8"?>'
_HEADING = (
    '<style:style style:name="Heading_20_{level}" style:display-name="Heading {level}" style:family="paragraph"'
    ' style:parent-style-name="Standard" style:next-style-name="Text_20_body" style:default-outline-level="{level}"'
    ' style:class="text"><style:paragraph-properties fo:margin-top="0.42cm" fo:margin-bottom="0.21cm"'
    ' fo:keep-with-next="always"/><style:text-properties fo:font-size="{size}pt" fo:font-weight="bold"/></style:style>'
)
_STYLES = (
    f'{_XML}<office:document-styles {_SPACES} office:version="1.3"><office:styles>'
    '<style:default-style style:family="paragraph"><style:text-properties fo:font-family="\'Liberation Sans\'"'
    ' fo:font-size="11pt" fo:language="{language}" fo:country="{country}"/></style:default-style>'
    '<style:style style:name="Standard" style:family="paragraph" style:class="text"/>'
    '<style:style style:name="Text_20_body" style:display-name="Text body" style:family="paragraph"'
    ' style:parent-style-name="Standard" style:class="text"><style:paragraph-properties fo:margin-bottom="0.21cm"/>'
    "</style:style>"
    '<style:style style:name="Note" style:family="paragraph" style:parent-style-name="Text_20_body"'
    ' style:class="text"><style:text-properties fo:font-style="italic"/></style:style>'
    f"{_HEADING.format(level=1, size=18)}{_HEADING.format(level=2, size=14)}"
    '</office:styles><office:automatic-styles><style:page-layout style:name="A4"><style:page-layout-properties'
    ' fo:page-width="21cm" fo:page-height="29.7cm" fo:margin-top="2cm" fo:margin-bottom="2cm" fo:margin-left="2cm"'
    ' fo:margin-right="2cm"/></style:page-layout></office:automatic-styles><office:master-styles>'
    '<style:master-page style:name="Standard" style:page-layout-name="A4"/></office:master-styles>'
    "</office:document-styles>"
)


def heading(text: str, level: int) -> str:
    """Return the XML of a heading of level 1 or 2, for `write`."""
    name = f"Heading_20_{level}"
    return f'<text:h text:style-name="{name}" text:outline-level="{level}">{_inline(text)}</text:h>'


def paragraph(text: str, style: str = "Text_20_body") -> str:
    """Return the XML of a paragraph, for `write`. `style`: that of the text, or `Note` (italics)."""
    return f'<text:p text:style-name="{style}">{_inline(text)}</text:p>'


def write(title: str, language: str, parts: Iterable[str]) -> bytes:
    """Return the document as bytes. `language` is of the form fr-FR; `parts` are headings and paragraphs."""
    tongue, country = language.split("-")
    content = (
        f'{_XML}<office:document-content {_SPACES} office:version="1.3"><office:body><office:text>'
        f"{''.join(parts)}</office:text></office:body></office:document-content>"
    )
    meta = (
        f'{_XML}<office:document-meta {_SPACES} office:version="1.3"><office:meta><dc:title>{clean(title)}</dc:title>'
        f"<dc:language>{language}</dc:language></office:meta></office:document-meta>"
    )
    styles = _STYLES.replace("{language}", tongue).replace("{country}", country)
    return package(MIME, {"content.xml": content, "styles.xml": styles, "meta.xml": meta})


def _inline(text: str) -> str:
    """Write repeated spaces, tabs and line ends as elements: XML readers would collapse them."""
    text = re.sub(r"(?<= ) +", lambda spaces: f"\0{len(spaces[0])}\0", clean(text))
    text = re.sub(r"\0(\d+)\0", r'<text:s text:c="\1"/>', text)
    return text.replace("\t", "<text:tab/>").replace("\n", "<text:line-break/>")
