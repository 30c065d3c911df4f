from django.urls import path

from . import views

urlpatterns = [
    path("dossiers/<uuid:pk>/", views.case_detail, name="case-detail"),
    path("dossiers/<uuid:pk>/fiche/", views.case_sheet_print, name="case-sheet"),
]
