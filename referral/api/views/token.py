"""Issue tokens: OAuth 2, client credentials only (RFC 6749, section 4.4)."""

from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.hashers import check_password
from django.http import JsonResponse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.decorators.csrf import csrf_exempt
from oauth2_provider import views as oauth
from oauth2_provider.oauth2_validators import OAuth2Validator
from oauth2_provider.scopes import BaseScopes

from agencies.models import ApiClient, Scope
from agencies.tries.operations import Closed, counted
from agencies.tries.rules import SECRET
from foundation.middleware import client_address
from foundation.statements.signing import tell
from referral.api.middleware.assertions import TYPE, program_of
from referral.api.middleware.clients import client_named, scheme


class EitherSecret(OAuth2Validator):
    """Take the former secret of a program too, while it goes on (`ApiClient.former_until`), and digests only."""

    def authenticate_client(self, request, *args, **kwargs):
        """Authenticate by a signed statement, or by a secret; never by both, nor for another program than it names."""
        said = dict(request.decoded_body)
        if not said.keys() & {"client_assertion", "client_assertion_type"}:
            return super().authenticate_client(request, *args, **kwargs)
        if (
            request.headers.get("HTTP_AUTHORIZATION")
            or "client_secret" in said
            or said.get("client_assertion_type") != TYPE
        ):
            return False
        client = program_of(said.get("client_assertion", ""))
        if client is None or said.get("client_id", client.client_id) != client.client_id:
            return False
        request.client = client
        return self._uncut(client)

    def _check_secret(self, provided_secret, stored_secret):
        """Return whether they match; never for a program without a secret, whose column the library would compare."""
        return check_password(provided_secret, stored_secret)

    def _authenticate_basic_auth(self, request):
        return self._with_either(super()._authenticate_basic_auth, request)

    def _authenticate_request_body(self, request):
        """Authenticate by the body; never beside a header, under whose name the try is counted."""
        if scheme(request.headers.get("HTTP_AUTHORIZATION") or "") == "basic":
            return False
        return self._with_either(super()._authenticate_request_body, request)

    def _save_bearer_token(self, token, request, *args, **kwargs):
        """Store a token that the application says it gives to this program: the database takes no other."""
        tell("given", str(request.client.pk))
        return super()._save_bearer_token(token, request, *args, **kwargs)

    @staticmethod
    def _with_either(authenticate, request) -> bool:
        if authenticate(request):
            return EitherSecret._uncut(request.client)
        client = request.client
        if client is None or client.former_until is None or client.former_until < timezone.now():
            return False
        client.client_secret = client.former_secret  # of this request's copy, which is never saved
        return authenticate(request) and EitherSecret._uncut(client)

    @staticmethod
    def _uncut(client) -> bool:
        """Return whether a program still has a member to act as: one that was cut is given no token."""
        return client.membership is not None and client.membership.active


class ScopesOfProgram(BaseScopes):
    """Give a token the scopes of its program: all of them, or those it asks for."""

    def get_all_scopes(self):
        return {scope.value: str(scope.label) for scope in Scope}

    def get_available_scopes(self, application=None, request=None, *args, **kwargs):
        return application.scopes

    def get_default_scopes(self, application=None, request=None, *args, **kwargs):
        return application.scopes


@method_decorator([csrf_exempt, login_not_required], name="dispatch")
class TokenView(oauth.TokenView):
    """Count the requests of each program from each address: checking a secret is slow on purpose."""

    http_method_names = ["post"]

    def dispatch(self, request, *args, **kwargs):
        try:
            with counted(SECRET, client_named(request)[:100], client_address(request)) as tried:
                answer = super().dispatch(request, *args, **kwargs)
                tried.right = answer.status_code == 200
                if tried.right:
                    ApiClient.objects.filter(client_id=client_named(request)).update(last_used_at=timezone.now())
            return answer
        except Closed as closed:
            return JsonResponse({"error": "slow_down"}, status=429, headers={"Retry-After": str(closed.wait)})
