"""Commitments and questionnaires in the working space."""

from django.urls import path

from . import commitment_import_views, commitment_views, questionnaire_views

urlpatterns = [
    path("engagements/", commitment_views.register_page, name="commitments"),
    path("engagements/ajouter/", commitment_views.add, name="commitment-add"),
    path("engagements/importer/", commitment_import_views.bring_in, name="commitment-import"),
    path("engagements/modele.csv", commitment_import_views.template, name="commitment-template"),
    path("engagements/<slug:code>/", commitment_views.commitment_page, name="commitment"),
    path("questionnaires/", questionnaire_views.questionnaire_list, name="questionnaires"),
    path("questionnaires/nouveau/", questionnaire_views.new, name="questionnaire-new"),
    path("questionnaires/<uuid:pk>/", questionnaire_views.questionnaire, name="questionnaire"),
    path("questionnaires/<uuid:pk>/modifier/", questionnaire_views.change, name="questionnaire-change"),
    path("questionnaires/<uuid:pk>/questions/", questionnaire_views.questions, name="questionnaire-questions"),
    path("questionnaires/<uuid:pk>/reponse.odt", questionnaire_views.document, name="questionnaire-odt"),
    path("questionnaires/<uuid:pk>/reponse.csv", questionnaire_views.table, name="questionnaire-csv"),
    path("questions/<uuid:pk>/", questionnaire_views.question, name="question"),
    path("demandes/<uuid:pk>/", questionnaire_views.request_page, name="evidence-request"),
]
