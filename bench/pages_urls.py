"""The addresses of the site, and floors: SELECT 1 behind the same middleware, signed in, not signed in, by program."""

from django.contrib.auth.decorators import login_not_required
from django.urls import path
from rest_framework.response import Response
from rest_framework.views import APIView

from bench.pages_served import floor
from referral.api.views.endpoints import Endpoint
from referral.config.urls import handler400, handler500
from referral.config.urls import urlpatterns as site

__all__ = ["handler400", "handler500", "urlpatterns"]


class Floor(Endpoint, APIView):
    schema = None

    def get(self, request):
        return Response({"one": floor(request).content.decode()})


urlpatterns = [
    path("bench/floor/", floor),
    path("bench/public-floor/", login_not_required(lambda request: floor(request))),
    path("api/v1/bench/floor/", Floor.as_view()),
    *site,
]
