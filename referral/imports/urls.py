from django.urls import path

from . import views

urlpatterns = [
    path("imports/", views.import_list, name="import-list"),
    path("imports/modele.csv", views.import_template, name="import-template"),
    path("imports/<uuid:pk>/", views.import_detail, name="import-detail"),
    path("imports/<uuid:pk>/mots/", views.import_words, name="import-words"),
    path("imports/<uuid:pk>/colonnes/", views.import_columns, name="import-columns"),
    path("imports/<uuid:pk>/charger/", views.import_load, name="import-load"),
    path("imports/<uuid:pk>/abandonner/", views.import_discard, name="import-discard"),
    path("imports/<uuid:pk>/annuler/", views.import_undo, name="import-undo"),
]
