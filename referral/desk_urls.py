"""Addresses of duty and of silent desks."""

from django.urls import path

from . import case_alerts_views, duty_views, silence_views

urlpatterns = [
    path("dossiers/<uuid:pk>/signalements/", case_alerts_views.case_alerts, name="case-alerts"),
    path("organisation/permanence/", duty_views.duty, name="duty"),
    path("bureaux-silencieux/", silence_views.silent_desks, name="silent-desks"),
    path("bureaux-silencieux/<int:pk>/appel/", silence_views.silent_call, name="silent-call"),
    path("bureaux-silencieux/<int:pk>/readresser/", silence_views.silent_readdress, name="silent-readdress"),
]
