"""Addresses of procedures and clocks: identifiers only, so that no address says which procedure a person follows."""

from django.urls import path

from . import clock_views, procedure_views

urlpatterns = [
    path("agenda/", clock_views.agenda, name="agenda"),
    path("dossiers/<uuid:pk>/procedures/", procedure_views.case_procedures, name="case-procedures"),
    path("dossiers/<uuid:pk>/procedures/commencer/", procedure_views.procedure_start, name="procedure-start"),
    path("dossiers/<uuid:pk>/reflexion/", procedure_views.reflection_offer, name="reflection-offer"),
    path("demarches/<uuid:pk>/", procedure_views.checklist_detail, name="checklist-detail"),
    path("demarches/<uuid:pk>/<int:step>/", procedure_views.checklist_step, name="checklist-step"),
    path("echeances/<uuid:pk>/", clock_views.clock_detail, name="clock-detail"),
]
