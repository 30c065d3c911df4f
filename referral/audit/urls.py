"""Addresses of the journal, for whoever audits. No address holds a name: identifiers only."""

from django.urls import path

from . import views

urlpatterns = [
    path("journal/", views.journal, name="journal"),
]
