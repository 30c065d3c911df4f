"""Say why a file is refused, and what to do about it."""

from django.utils.translation import gettext_lazy as _

from .parsing.limits import MOST_BYTES, MOST_PAGES, MOST_PIXELS

SIZES = {"size": MOST_BYTES // 1_000_000, "pages": MOST_PAGES, "pixels": MOST_PIXELS // 1_000_000}

# a closed list: `FileRefused.code`
REFUSALS = {
    "empty": _("The file is empty."),
    "too_large": _("The file is over %(size)d MB, or holds far more than it seems: cut it into several."),
    "type": _("This kind of file is not accepted: send a photo (JPEG, PNG, WebP, HEIC), a PDF or a plain text."),
    "archive": _("This is an archive: take the files out of it and send them one by one."),
    "office": _("This is a file of an office program: print it to PDF, and send the PDF."),
    "damaged": _("The file is damaged and cannot be read: open it, save it again, and send the new one."),
    "too_many_pixels": _("The picture has more than %(pixels)d million pixels: reduce it, and send it again."),
    "too_many_pages": _("The document has more than %(pages)d pages: cut it into several."),
    "password": _("The document is protected by a password: save it without one, and send it again."),
    "too_slow": _("The file takes too long to read: print it to a new PDF, or take a new picture of it."),
}


def refusal(code: str) -> str:
    """Return the words of a code of the closed list."""
    return str(REFUSALS[code]) % SIZES
