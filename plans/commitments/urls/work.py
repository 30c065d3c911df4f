"""Route the working pages of commitments and questionnaires."""

from django.urls import path

from plans.commitments.views import imports, questionnaires, register

urlpatterns = [
    path("engagements/", register.register_page, name="commitments"),
    path("engagements/ajouter/", register.add, name="commitment-add"),
    path("engagements/importer/", imports.bring_in, name="commitment-import"),
    path("engagements/modele.csv", imports.template, name="commitment-template"),
    path("engagements/<slug:code>/", register.commitment_page, name="commitment"),
    path("questionnaires/", questionnaires.questionnaire_list, name="questionnaires"),
    path("questionnaires/nouveau/", questionnaires.new, name="questionnaire-new"),
    path("questionnaires/<uuid:pk>/", questionnaires.questionnaire, name="questionnaire"),
    path("questionnaires/<uuid:pk>/modifier/", questionnaires.change, name="questionnaire-change"),
    path("questionnaires/<uuid:pk>/questions/", questionnaires.questions, name="questionnaire-questions"),
    path("questionnaires/<uuid:pk>/reponse.odt", questionnaires.document, name="questionnaire-odt"),
    path("questionnaires/<uuid:pk>/reponse.csv", questionnaires.table, name="questionnaire-csv"),
    path("questions/<uuid:pk>/", questionnaires.question, name="question"),
    path("demandes/<uuid:pk>/", questionnaires.request_page, name="evidence-request"),
]
