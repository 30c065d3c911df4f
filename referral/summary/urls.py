"""Addresses of the summary of a case. No address holds a name: identifiers only."""

from django.urls import path

from . import views

urlpatterns = [
    path("dossiers/<uuid:pk>/", views.case_detail, name="case-detail"),
]
