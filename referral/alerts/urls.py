"""Name the addresses of an alert for its author. No address contains a name: identifiers only."""

from django.urls import path

from .views import follow, kept, offline, own_case, steps

# A device keeps them for somebody who reads one language: the project gives them an address in each.
device = [
    path("hors-ligne/", offline.page, name="offline"),
    path("sw.js", offline.service_worker, name="service-worker"),
]

urlpatterns = [
    path("signaler/", steps.alert_start, name="alert-start"),
    path("signaler/<uuid:pk>/<int:step>/", steps.alert_step, name="alert-step"),
    path("signaler/<uuid:pk>/lecture/", steps.alert_reading, name="alert-reading"),
    path("signaler/<uuid:pk>/supprimer/", steps.alert_discard, name="alert-discard"),
    path("recu/<uuid:pk>/", follow.alert_received, name="alert-received"),
    path("dossiers/nouveau/", own_case.case_new, name="case-new"),
    path("danger/", steps.danger, name="danger"),
    path("hors-ligne/envoi/", offline.deliver, name="offline-deliver"),
    path("hors-ligne/envoi/jeton/", offline.ticket, name="offline-ticket"),
    path("manifest.webmanifest", offline.manifest, name="manifest"),
    path("mes-signalements/", follow.alert_list, name="alert-list"),
    path("mes-signalements/<uuid:pk>/", follow.alert_detail, name="alert-detail"),
    path("mes-signalements/<uuid:pk>/suivre/", follow.alert_follow, name="alert-follow"),
    path("mes-signalements/<uuid:pk>/complement/", follow.alert_add, name="alert-add"),
    path("mes-signalements/<uuid:pk>/transmettre/", kept.alert_address, name="alert-address"),
    path("mes-signalements/<uuid:pk>/clore/", kept.alert_finish, name="alert-finish"),
]
