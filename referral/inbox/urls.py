from django.urls import path

from .operations.alerts import MOVES
from .views import alerts, answers, case_alerts, charge, silent_desks

urlpatterns = [
    path("boite/", alerts.alert_inbox, name="alert-inbox"),
    path("boite/<uuid:pk>/", alerts.inbox_alert, name="inbox-alert"),
    path("boite/<uuid:pk>/dossier/", alerts.alert_open_case, name="alert-open-case"),
    path("boite/<uuid:pk>/rejoindre/", alerts.alert_join, name="alert-join"),
    path("boite/<uuid:pk>/readresser/", alerts.alert_redirect, name="alert-redirect"),
    path("boite/<uuid:pk>/joint/", answers.alert_reach, name="alert-reach"),
    path("dossiers/<uuid:pk>/signalements/", case_alerts.case_alerts, name="case-alerts"),
    path("alertes-restees-ouvertes/", alerts.alerts_left_open, name="alerts-left-open"),
    path("bureaux-silencieux/", silent_desks.silent_desks, name="silent-desks"),
    path("bureaux-silencieux/<int:pk>/appel/", silent_desks.silent_call, name="silent-call"),
    path("bureaux-silencieux/<int:pk>/readresser/", silent_desks.silent_readdress, name="silent-readdress"),
    path("boite/<uuid:pk>/charge/", charge.alert_charge, name="alert-charge"),
    path("orientations/<uuid:pk>/charge/", charge.orientation_charge, name="orientation-charge"),
    *(
        path(f"boite/<uuid:pk>/{move.slug}/", answers.alert_move, {"action": action}, f"alert-{move.route}")
        for action, move in MOVES.items()
        if move.slug
    ),
]
