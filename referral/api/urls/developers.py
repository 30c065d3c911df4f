"""Addresses of the pages for those who connect a program. No address holds a name: identifiers only."""

from django.urls import path

from referral.api.views import developers

urlpatterns = [
    path("developpeurs/", developers.quick_start, name="developers"),
    path("developpeurs/reference/", developers.reference, name="developers-reference"),
    path("developpeurs/openapi.json", developers.openapi, name="developers-openapi"),
]
