from django.urls import path

from . import views

urlpatterns = [
    path("dossiers/<uuid:pk>/requisitions/", views.case_requisitions, name="case-requisitions"),
    path("dossiers/<uuid:pk>/requisitions/ajouter/", views.requisition_new, name="requisition-new"),
    path("requisitions/", views.requisition_list, name="requisition-list"),
    path("requisitions/<uuid:pk>/", views.requisition, name="requisition"),
]
