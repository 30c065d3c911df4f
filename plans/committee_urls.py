"""Mandate, focal points and steering committee, below /pilotage/."""

from django.urls import path

from . import committee_views, focal_views, mandate_views, meeting_views

urlpatterns = [
    path("mandat/", mandate_views.mandate, name="mandate"),
    path("referents/", focal_views.focal, name="focal"),
    path("comite/", committee_views.committee, name="committee"),
    path("comite/sieges/", committee_views.seats, name="seats"),
    path("comite/<int:pk>/", meeting_views.meeting, name="meeting"),
    path("comite/decisions/<int:pk>/", committee_views.decision, name="decision"),
]
