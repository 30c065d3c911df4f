"""Refuse a body that is too large before anything reads it, and leave the place of one that was answered."""

from django.conf import settings
from django.utils.translation import gettext as _

from referral.api.middleware.authentication import refusal
from referral.api.rules import Problem
from referral.public import views as public
from referral.sessions.operations import places

SMALL = 16_000  # bytes: a body below waits for no place


def BodyMiddleware(get_response):
    """Answer 413 to a body announced larger than FILE_UPLOAD_MAX_MEMORY_SIZE.

    Django would put a larger file, plain, on a disk. A body without a length is not read by a server of WSGI.
    """

    def middleware(request):
        length = request.META.get("CONTENT_LENGTH") or "0"
        known = length.isascii() and length.isdecimal() and len(length) < 20
        try:
            if known and int(length) <= settings.FILE_UPLOAD_MAX_MEMORY_SIZE:
                return get_response(request)
            return _refused(request)
        finally:
            if not known or int(length) >= SMALL or "HTTP_TRANSFER_ENCODING" in request.META:
                places.leave(request.trace_id)

    return middleware


def _refused(request):
    if request.path_info.startswith("/api/"):
        return refusal(request, Problem("too-large", _("The body is larger than 16 MB: a document may have 15 MB.")))
    return public.too_large(request)
