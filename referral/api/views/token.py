"""Issue tokens: OAuth 2, client credentials only (RFC 6749, section 4.4)."""

import base64
import binascii

from django.contrib.auth.decorators import login_not_required
from django.http import JsonResponse
from django.utils.decorators import method_decorator
from django.views.decorators.csrf import csrf_exempt
from oauth2_provider import views as oauth

from agencies.tries.operations import Closed, counted
from agencies.tries.rules import SECRET
from foundation.middleware import client_address


@method_decorator([csrf_exempt, login_not_required], name="dispatch")
class TokenView(oauth.TokenView):
    """Count the requests of each program from each address: checking a secret is slow on purpose."""

    http_method_names = ["post"]

    def dispatch(self, request, *args, **kwargs):
        try:
            with counted(SECRET, _client_id(request)[:100], client_address(request)) as tried:
                answer = super().dispatch(request, *args, **kwargs)
                tried.right = answer.status_code == 200
            return answer
        except Closed as closed:
            return JsonResponse({"error": "slow_down"}, status=429, headers={"Retry-After": str(closed.wait)})


def _client_id(request) -> str:
    """Return the client named in header or body."""
    scheme, _space, credentials = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return request.POST.get("client_id", "")
    try:
        return base64.b64decode(credentials).decode().partition(":")[0]
    except (binascii.Error, UnicodeDecodeError):
        return ""
