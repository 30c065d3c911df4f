from django.urls import path

from . import views

urlpatterns = [
    path("dossiers/<uuid:pk>/demandes-de-la-personne/", views.case_data_requests, name="case-data-requests"),
    path("dossiers/<uuid:pk>/demandes-de-la-personne/ajouter/", views.data_request_new, name="data-request-new"),
    path("demandes-de-la-personne/", views.data_request_list, name="data-request-list"),
    path("demandes-de-la-personne/<uuid:pk>/", views.data_request, name="data-request"),
]
