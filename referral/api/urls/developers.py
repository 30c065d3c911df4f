"""Addresses of the pages for developers of programs."""

from django.urls import path

from referral.api.views import developers

urlpatterns = [
    path("developpeurs/", developers.quick_start, name="developers"),
    path("developpeurs/reference/", developers.reference, name="developers-reference"),
    path("developpeurs/openapi.json", developers.openapi, name="developers-openapi"),
]
