"""What a page leaves behind: nothing in a browser's cache, and no language for the next reader."""

from django.conf import settings
from django.utils import translation

from .languages import language_of


def PrivatePagesMiddleware(get_response):
    """No signed-in page is kept by the browser: « back » on a shared computer shows nothing.

    A thread serves one person after another, and the language of a profile stays active in it: each request starts
    again in the site's own, or in the one its address asks for.
    """

    def middleware(request):
        with translation.override(language_of(request.path_info) or settings.LANGUAGE_CODE):
            response = get_response(request)
        if getattr(request, "user", None) is not None and request.user.is_authenticated:
            response["Cache-Control"] = "no-store"
        return response

    return middleware
