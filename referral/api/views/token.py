"""Issue tokens: OAuth 2, client credentials only (RFC 6749, section 4.4)."""

import base64
import binascii

from django.contrib.auth.decorators import login_not_required
from django.http import JsonResponse
from django.utils.decorators import method_decorator
from django.views.decorators.csrf import csrf_exempt
from oauth2_provider import views as oauth

from foundation.middleware import client_address
from referral.api.middleware import request_quota


@method_decorator([csrf_exempt, login_not_required], name="dispatch")
class TokenView(oauth.TokenView):
    """Add a quota to the view of the library: checking a secret is slow on purpose."""

    http_method_names = ["post"]

    def dispatch(self, request, *args, **kwargs):
        who = f"{client_address(request)}:{_client_id(request)[:100]}"
        if request_quota.count(f"token:{who}") > request_quota.TOKENS:
            return JsonResponse({"error": "slow_down"}, status=429, headers={"Retry-After": str(request_quota.wait())})
        return super().dispatch(request, *args, **kwargs)


def _client_id(request) -> str:
    """Return the client named in header or body.

    Requests are counted by client and address, so that guessing a secret from elsewhere does not lock out the client.
    """
    scheme, _space, credentials = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return request.POST.get("client_id", "")
    try:
        return base64.b64decode(credentials).decode().partition(":")[0]
    except (binascii.Error, UnicodeDecodeError):
        return ""
