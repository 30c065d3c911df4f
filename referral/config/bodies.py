"""Refuse a request whose body is too large before anything reads it, whatever stands in front of the application."""

from django.conf import settings
from django.utils.translation import gettext as _

from referral.api.middleware.authentication import refusal
from referral.api.rules import Problem
from referral.public import views as public


def BodyMiddleware(get_response):
    """Answer 413 to a body announced larger than FILE_UPLOAD_MAX_MEMORY_SIZE.

    Django would put a larger file, plain, on a disk. A body without a length is not read by a server of WSGI.
    """

    def middleware(request):
        length = request.META.get("CONTENT_LENGTH") or "0"
        if length.isascii() and length.isdecimal() and int(length) <= settings.FILE_UPLOAD_MAX_MEMORY_SIZE:
            return get_response(request)
        if request.path_info.startswith("/api/"):
            return refusal(
                request, Problem("too-large", _("The body is larger than 16 MB: a document may have 15 MB."))
            )
        return public.too_large(request)

    return middleware
