"""Build a PDF anew from what its pages show: nothing that acts, calls, carries another file or tells of its author."""

import io

import pikepdf

from . import streams
from .limits import MOST_OBJECTS, MOST_PAGES
from .refused import Refused

PAGE = ("/Contents", "/Resources", "/MediaBox", "/CropBox", "/Rotate", "/UserUnit", "/Group")
INHERITED = ("/Resources", "/MediaBox", "/CropBox", "/Rotate")
DEPTH = 60  # of the tree of pages
# of what a page shows; names of fonts and pictures are chosen by the author and may be any of these
NAMES = {"/Font", "/XObject", "/ExtGState", "/ColorSpace", "/Pattern", "/Shading", "/Properties", "/CharProcs"}
DROPPED = {
    "/A", "/AA", "/AcroForm", "/AF", "/Alternates", "/Annots", "/B", "/DSS", "/Dest", "/EF", "/EmbeddedFiles", "/JS",
    "/JavaScript", "/LastModified", "/Metadata", "/Names", "/NeedAppearances", "/OC", "/OPI", "/OpenAction",
    "/Outlines",
    "/PA", "/PS", "/Perms", "/PieceInfo", "/Properties", "/Ref", "/RichMediaContent", "/RichMediaSettings",
    "/StructParent", "/StructParents", "/Thumb", "/URI", "/Win", "/XFA",
}  # fmt: skip
OUTSIDE = {"/F", "/FFilter", "/FDecodeParms"}  # of a stream that stands in another file
ACTIONS = {
    "/GoTo", "/GoTo3DView", "/GoToDp", "/GoToE", "/GoToR", "/Hide", "/ImportData", "/JavaScript", "/Launch", "/Movie",
    "/Named", "/Rendition", "/ResetForm", "/RichMediaExecute", "/SetOCGState", "/Sound", "/SubmitForm", "/Thread",
    "/Trans", "/URI",
}  # fmt: skip


def prepare() -> None:
    """Load what qpdf and zlib need while files may still be opened."""
    new = pikepdf.new()
    new.add_blank_page()
    made = io.BytesIO()
    new.save(made)
    pikepdf.open(io.BytesIO(made.getvalue())).close()


def rebuilt(content: bytes) -> bytes:
    """Return a new PDF with the same pages. Raises Refused."""
    try:
        with pikepdf.open(io.BytesIO(content)) as source:
            if source.is_encrypted:
                raise Refused("password")
            return _built(source)
    except pikepdf.PasswordError:
        raise Refused("password") from None
    except (pikepdf.PdfError, pikepdf.DataDecodingError, ValueError, TypeError, KeyError, AttributeError, RuntimeError):
        # qpdf wants to draw numbers before it tries an empty password, and finds nothing to draw them from
        raise Refused("password" if b"/Encrypt" in content else "damaged") from None


def _built(source: pikepdf.Pdf) -> bytes:
    if len(source.objects) > MOST_OBJECTS:
        raise Refused("too_large")
    pages = len(source.pages)
    if pages > MOST_PAGES:
        raise Refused("too_many_pages")
    if not pages:
        raise Refused("damaged")
    _draw_forms(source)
    new = pikepdf.new()
    for page in source.pages:
        _strip(page.obj)
        new.pages.append(page)
    _sweep(new)
    made = io.BytesIO()
    new.save(
        made,
        recompress_flate=True,  # what stood behind the end of compressed data is gone
        stream_decode_level=pikepdf.StreamDecodeLevel.generalized,
        object_stream_mode=pikepdf.ObjectStreamMode.generate,
    )
    return made.getvalue()


def _draw_forms(source: pikepdf.Pdf) -> None:
    """Put what was typed into forms, and what was drawn over pages, on the pages themselves."""
    source.generate_appearance_streams()
    source.flatten_annotations("screen")


def _strip(page: pikepdf.Dictionary) -> None:
    """Keep of a page what it shows, with what it inherits."""
    for name in INHERITED:
        if name not in page and (found := _inherited(page, name)) is not None:
            page[name] = found
    for name in list(page.keys()):
        if name not in PAGE and name not in ("/Type", "/Parent"):
            del page[name]


def _inherited(page: pikepdf.Dictionary, name: str):
    above = page.get("/Parent")
    for _ in range(DEPTH):
        if not isinstance(above, pikepdf.Dictionary):
            return None
        if name in above:
            return above[name]
        above = above.get("/Parent")
    return None


def _sweep(new: pikepdf.Pdf) -> None:
    """Walk all that the pages reach; take out what acts, carries or tells, and measure each stream."""
    seen, budget = set(), streams.Budget()
    waiting = [(page.obj, False) for page in new.pages]
    while waiting:
        found, names = waiting.pop()
        if isinstance(found, pikepdf.Stream | pikepdf.Dictionary | pikepdf.Array) and found.is_indirect:
            if found.objgen in seen:
                continue
            seen.add(found.objgen)
        if isinstance(found, pikepdf.Stream):
            _harmless(found, OUTSIDE)
            streams.clean(found, budget)
        elif isinstance(found, pikepdf.Dictionary) and not names:
            _harmless(found, set())
        waiting += _inside(found)


def _inside(found) -> list:
    if isinstance(found, pikepdf.Array):
        return [(one, False) for one in found]
    if isinstance(found, pikepdf.Stream | pikepdf.Dictionary):
        of_page = found.get("/Type") == "/Page"
        return [(one, name in NAMES) for name, one in found.items() if not (of_page and name == "/Parent")]
    return []


def _harmless(found, more: set) -> None:
    if isinstance(found, pikepdf.Stream) and "/F" in found:
        found.write(b"")  # readers take the other file and never these bytes
    for name in list(found.keys()):
        if name in DROPPED or name in more:
            del found[name]
    if found.get("/S") in ACTIONS or found.get("/Type") in ("/Action", "/Filespec", "/EmbeddedFile", "/Annot"):
        for name in list(found.keys()):
            if name != "/Length":
                del found[name]
        if isinstance(found, pikepdf.Stream):
            found.write(b"")
    elif found.get("/Subtype") == "/PS" and isinstance(found, pikepdf.Stream):
        found.write(b"")
