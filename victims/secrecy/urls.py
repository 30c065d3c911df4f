from django.urls import path

from . import views

urlpatterns = [
    path("dossiers/<uuid:pk>/notes-sous-secret/", views.case_secrets, name="case-secrets"),
    path("notes-sous-secret/", views.secret_list, name="secret-list"),
    path("notes-sous-secret/<uuid:pk>/", views.secret_note, name="secret-note"),
]
