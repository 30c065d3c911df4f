from django.urls import path

from . import views

urlpatterns = [
    path("dossiers/<uuid:pk>/documents/", views.case_files, name="case-files"),
    path("dossiers/<uuid:pk>/documents/ajouter/", views.file_new, name="file-new"),
    path("documents-sous-secret/", views.secret_file_list, name="secret-file-list"),
    path("documents/<uuid:pk>/", views.file_detail, name="file-detail"),
    path("documents/<uuid:pk>/telecharger/", views.file_download, name="file-download"),
]
