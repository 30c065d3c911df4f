"""Route the working pages of mandate, focal points and committee, below /pilotage/."""

from django.urls import path

from plans.committee.views import committee, focal_points, mandate, meetings

urlpatterns = [
    path("mandat/", mandate.mandate, name="mandate"),
    path("referents/", focal_points.focal, name="focal"),
    path("comite/", committee.committee, name="committee"),
    path("comite/sieges/", committee.seats, name="seats"),
    path("comite/<int:pk>/", meetings.meeting, name="meeting"),
    path("comite/decisions/<int:pk>/", committee.decision, name="decision"),
]
