"""Addresses of work lists, of searches and of exports."""

from django.urls import path

from . import export_views, search_views, work_views

urlpatterns = [
    path("travail/", work_views.work_home, name="work"),
    path("travail/<slug:code>/", work_views.work_list, name="work-list"),
    path("recherche/", search_views.search, name="search"),
    path("recherches/", search_views.saved_searches, name="saved-searches"),
    path("recherches/<uuid:pk>/", search_views.saved_search_rename, name="saved-search-rename"),
    path("recherches/<uuid:pk>/supprimer/", search_views.saved_search_delete, name="saved-search-delete"),
    path("exports/", export_views.export_list, name="export-list"),
    path("exports/nouveau/<slug:code>/", export_views.export_new, name="export-new"),
    path("exports/<uuid:pk>/", export_views.export_detail, name="export-detail"),
    path("exports/<uuid:pk>/approuver/", export_views.export_approve, name="export-approve"),
    path("exports/<uuid:pk>/refuser/", export_views.export_refuse, name="export-refuse"),
    path("exports/<uuid:pk>/abandonner/", export_views.export_cancel, name="export-cancel"),
    path("exports/<uuid:pk>/preparer/", export_views.export_prepare, name="export-prepare"),
    path("exports/<uuid:pk>/fichier/<str:token>/", export_views.export_file, name="export-file"),
]
