"""Route the working pages of participation, below /pilotage/."""

from django.urls import path

from plans.participation.views import consultations, contributions, names, sectors

urlpatterns = [
    path("consultations/", consultations.consultation_list, name="consultation-list"),
    path("consultations/nouvelle/", consultations.consultation_new, name="consultation-new"),
    path("consultations/<uuid:pk>/", consultations.consultation_detail, name="consultation-detail"),
    path("consultations/<uuid:pk>/modifier/", consultations.consultation_edit, name="consultation-edit"),
    path("consultations/<uuid:pk>/bilan/", consultations.consultation_conclude, name="consultation-conclude"),
    path("consultations/<uuid:pk>/retirer/", consultations.consultation_withdraw, name="consultation-withdraw"),
    path("contributions/", contributions.contribution_list, name="contribution-list"),
    path("contributions/a-traiter/", contributions.contribution_waiting, name="contribution-waiting"),
    path("contributions/nouvelle/", contributions.contribution_new, name="contribution-new"),
    path("contributions/synthese/", consultations.summary_new, name="summary-new"),
    path("contributions/<uuid:pk>/", contributions.contribution_detail, name="contribution-detail"),
    path("contributions/<uuid:pk>/modifier/", contributions.contribution_edit, name="contribution-edit"),
    path("contributions/<uuid:pk>/envoyer/", contributions.contribution_send, name="contribution-send"),
    path("contributions/<uuid:pk>/retirer/", contributions.contribution_withdraw, name="contribution-withdraw"),
    path("contributions/<uuid:pk>/publier/", contributions.contribution_publish, name="contribution-publish"),
    path("contributions/<uuid:pk>/moderer/", contributions.contribution_moderate, name="contribution-moderate"),
    path("contributions/<uuid:pk>/noms/", names.contribution_name, name="contribution-name"),
    path("contributions/<uuid:pk>/repondre/", contributions.contribution_answer, name="contribution-answer"),
    path("espace/", sectors.space, name="space"),
    path("espace/signaux/", sectors.signal_list, name="signal-list"),
    path("espace/signaux/<uuid:pk>/", sectors.signal_detail, name="signal-detail"),
    path("espace/secteurs/<slug:code>/signaler/", sectors.sector_signal, name="sector-signal"),
]
