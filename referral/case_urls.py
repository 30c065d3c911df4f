"""Addresses of the coordinator's and the receiving desk's pages. No address holds a name: identifiers only."""

from django.urls import path

from . import case_views, identity_views, inbox_views, orientation_views

urlpatterns = [
    path("boite/", inbox_views.alert_inbox, name="alert-inbox"),
    path("boite/<uuid:pk>/", inbox_views.inbox_alert, name="inbox-alert"),
    path("boite/<uuid:pk>/dossier/", inbox_views.alert_open_case, name="alert-open-case"),
    path("boite/<uuid:pk>/rejoindre/", inbox_views.alert_join, name="alert-join"),
    path("boite/<uuid:pk>/readresser/", inbox_views.alert_redirect, name="alert-redirect"),
    path("boite/<uuid:pk>/classer/", inbox_views.alert_close, name="alert-close"),
    path("dossiers/", case_views.case_list, name="case-list"),
    path("dossiers/<uuid:pk>/", case_views.case_detail, name="case-detail"),
    path("dossiers/<uuid:pk>/indices/", case_views.case_signs, name="case-signs"),
    path("dossiers/<uuid:pk>/identite/", identity_views.case_identity, name="case-identity"),
    path("dossiers/<uuid:pk>/orienter/", orientation_views.orientation_new, name="orientation-new"),
    path("orientations/", orientation_views.orientation_sent, name="orientation-sent"),
    path("demandes/", orientation_views.orientation_received, name="orientation-received"),
    path("orientations/<uuid:pk>/", orientation_views.orientation_detail, name="orientation-detail"),
    path("orientations/<uuid:pk>/apercu/", orientation_views.orientation_preview, name="orientation-preview"),
    path("orientations/<uuid:pk>/accepter/", orientation_views.orientation_accept, name="orientation-accept"),
    path("orientations/<uuid:pk>/refuser/", orientation_views.orientation_decline, name="orientation-decline"),
    path("orientations/<uuid:pk>/commencer/", orientation_views.orientation_start, name="orientation-start"),
    path("orientations/<uuid:pk>/terminer/", orientation_views.orientation_complete, name="orientation-complete"),
    path("orientations/<uuid:pk>/retirer/", orientation_views.orientation_withdraw, name="orientation-withdraw"),
]
