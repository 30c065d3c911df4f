"""Addresses of access: who sees a case, who works on it, the emergency way in."""

from django.urls import path

from . import access_views, history_views

urlpatterns = [
    path("dossiers/<uuid:pk>/acces/", access_views.case_access, name="case-access"),
    path("dossiers/<uuid:pk>/affecter/", access_views.case_assign, name="case-assign"),
    path("dossiers/<uuid:pk>/historique/", history_views.case_history, name="case-history"),
    path("acces-urgence/", access_views.emergency_access, name="emergency-access"),
]
