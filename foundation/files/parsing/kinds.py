"""Tell what a file is by its first bytes, never by its name."""

from .refused import Refused

PICTURES = {"JPEG": b"\xff\xd8\xff", "PNG": b"\x89PNG\r\n\x1a\n"}
HEIC_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"mif1"}
ARCHIVES = (
    b"PK\x05\x06",
    b"PK\x07\x08",
    b"\x1f\x8b",
    b"7z\xbc\xaf\x27\x1c",
    b"Rar!\x1a\x07",
    b"BZh",
    b"\xfd7zXZ\x00",
    b"\x28\xb5\x2f\xfd",
    b"MSCF",
    b"!<arch>",
)
OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
OFFICE_PARTS = (b"[Content_Types].xml", b"mimetypeapplication/vnd.oasis", b"word/", b"xl/", b"ppt/", b"_rels/.rels")
# what is text to the letter and yet is run, drawn or unpacked by some program
ACTS = (b"<", b"#!", b"%!", b"GIF8", b"MZ", b"BM", b"II*", b"MM\0*", b"ID3", b"8BPS", b"@echo", b"MIME-Version")


def kind_of(content: bytes) -> str:
    """Return JPEG, PNG, WEBP, HEIF, PDF or TEXT. Raises Refused for anything else."""
    if not content:
        raise Refused("empty")
    for kind, begins in PICTURES.items():
        if content.startswith(begins):
            return kind
    if content.startswith(b"RIFF") and content[8:12] == b"WEBP":
        return "WEBP"
    if content[4:8] == b"ftyp" and content[8:12] in HEIC_BRANDS:
        return "HEIF"
    if content.startswith(b"%PDF-"):
        return "PDF"
    _refuse_containers(content)
    if content.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(ACTS):
        raise Refused("type")
    return "TEXT"


def _refuse_containers(content: bytes) -> None:
    if content.startswith(b"PK\x03\x04"):
        # the names of parts stand uncompressed at the head of each, and in the directory at the end
        raise Refused("office" if any(part in content for part in OFFICE_PARTS) else "archive")
    if content.startswith((OLD_OFFICE, b"{\\rtf")):
        raise Refused("office")
    if content.startswith(ARCHIVES) or content[257:262] == b"ustar":
        raise Refused("archive")
