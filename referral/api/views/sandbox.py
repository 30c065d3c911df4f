"""Reset the test space of a program, as the program itself."""

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers, status
from rest_framework.response import Response
from rest_framework.views import APIView

from foundation.errors import NotFound
from foundation.statements.sandbox import inside
from referral.api.rules import ANY
from referral.api.schema.document import resets

from .endpoints import Endpoint


class SandboxShown(serializers.Serializer):
    """Say that the space is being made anew."""

    ready = serializers.BooleanField(help_text=_("Always false: ask for a token until you are given one."))


class SandboxReset(Endpoint, APIView):
    scopes = {"post": ANY}

    @resets(SandboxShown)
    def post(self, request):
        """Ask for a fresh copy once the answer is made: it is asked of the real base. Raises NotFound outside."""
        if not inside():
            raise NotFound
        request._request.wants_reset = True
        return Response({"ready": False}, status=status.HTTP_202_ACCEPTED)
