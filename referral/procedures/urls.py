from django.urls import path

from .views import checklists, clocks

urlpatterns = [
    path("agenda/", clocks.agenda, name="agenda"),
    path("dossiers/<uuid:pk>/procedures/", checklists.case_procedures, name="case-procedures"),
    path("dossiers/<uuid:pk>/procedures/commencer/", checklists.procedure_start, name="procedure-start"),
    path("dossiers/<uuid:pk>/reflexion/", checklists.reflection_offer, name="reflection-offer"),
    path("demarches/<uuid:pk>/", checklists.checklist_detail, name="checklist-detail"),
    path("demarches/<uuid:pk>/<int:step>/", checklists.checklist_step, name="checklist-step"),
    path("echeances/<uuid:pk>/", clocks.clock_detail, name="clock-detail"),
]
