"""Addresses of possible duplicates: the coordination's list and decisions, and the accounts that cause many."""

from django.urls import path

from . import duplicate_views

urlpatterns = [
    path("doublons/", duplicate_views.match_list, name="match-list"),
    path("doublons/<uuid:pk>/", duplicate_views.match_detail, name="match-detail"),
    path("doublons/<uuid:pk>/decider/", duplicate_views.match_decide, name="match-decide"),
    path("doublons/<uuid:pk>/fusionner/", duplicate_views.match_merge, name="match-merge"),
    path("comptes-a-verifier/", duplicate_views.alarm_list, name="match-alarm-list"),
    path("comptes-a-verifier/<uuid:pk>/", duplicate_views.alarm_detail, name="match-alarm"),
]
