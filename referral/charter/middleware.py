"""Lead who has not accepted the charter of use, or a former one, to it first; a danger to life never waits for it."""

from urllib.parse import urlencode

from django.http import HttpResponseRedirect
from django.urls import reverse

from .words import VERSION

OPEN = {
    "referral:charter",
    "logout",
    "membership-choose",
    "still-here",
    "referral:second-step",
    "referral:danger",
    "referral:alert-received",
    "referral:offline-ticket",
}


class CharterMiddleware:
    """Stand after the second step. What is sent goes through, a page alone is held: nothing typed is lost."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        user = request.user
        if user is None or not user.is_authenticated or request.half or user.charter == VERSION:
            return None
        if request.method not in ("GET", "HEAD") or request.headers.get("Sec-Fetch-Mode", "navigate") != "navigate":
            return None
        if not getattr(view, "login_required", True) and request.resolver_match.view_name != "home":
            return None
        if request.resolver_match.view_name in OPEN:
            return None
        return HttpResponseRedirect(f"{reverse('referral:charter')}?{urlencode({'next': request.get_full_path()})}")
