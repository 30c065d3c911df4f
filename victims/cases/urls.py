"""Addresses of the signs of a case. No address holds a name: identifiers only."""

from django.urls import path

from .views import signs

urlpatterns = [
    path("dossiers/<uuid:pk>/indices/", signs.case_signs, name="case-signs"),
]
