"""Address of the journal, for whoever audits."""

from django.urls import path

from . import journal_views

urlpatterns = [path("journal/", journal_views.journal, name="journal")]
