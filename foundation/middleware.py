"""What a page leaves behind: nothing in a browser's cache, and no language for the next reader."""

from django.conf import settings
from django.utils import translation
from django.utils.csp import build_policy

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


def ErrorHeadersMiddleware(get_response):
    """Give each refusal and each error the headers of a page, and keep it out of caches.

    Before all that make pages: the answer to an error raised inside a middleware passes through none of those below it.
    """

    def middleware(request):
        response = get_response(request)
        if response.status_code >= 400:
            response.headers.setdefault("Content-Security-Policy", build_policy(settings.SECURE_CSP))
            response.headers.setdefault("X-Frame-Options", settings.X_FRAME_OPTIONS)
            response.headers.setdefault("X-Content-Type-Options", "nosniff")
            response.headers["Cache-Control"] = "no-store"
        return response

    return middleware
