from django.urls import path

from . import views

urlpatterns = [
    path("exports/", views.export_list, name="export-list"),
    path("exports/nouveau/<slug:code>/", views.export_new, name="export-new"),
    path("exports/<uuid:pk>/", views.export_detail, name="export-detail"),
    path("exports/<uuid:pk>/approuver/", views.export_approve, name="export-approve"),
    path("exports/<uuid:pk>/refuser/", views.export_refuse, name="export-refuse"),
    path("exports/<uuid:pk>/abandonner/", views.export_cancel, name="export-cancel"),
    path("exports/<uuid:pk>/preparer/", views.export_prepare, name="export-prepare"),
    path("exports/<uuid:pk>/fichier/<str:token>/", views.export_file, name="export-file"),
]
