from django.urls import path

from .views import cases, searches, work_lists

urlpatterns = [
    path("dossiers/", cases.case_list, name="case-list"),
    path("travail/", work_lists.work_home, name="work"),
    path("travail/<slug:code>/", work_lists.work_list, name="work-list"),
    path("recherche/", searches.search, name="search"),
    path("recherches/", searches.saved_searches, name="saved-searches"),
    path("recherches/<uuid:pk>/", searches.saved_search_rename, name="saved-search-rename"),
    path("recherches/<uuid:pk>/supprimer/", searches.saved_search_delete, name="saved-search-delete"),
]
