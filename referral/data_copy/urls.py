from django.urls import path

from . import views

urlpatterns = [
    path("demandes-de-la-personne/<uuid:pk>/copie/", views.data_copy, name="data-copy"),
    path("demandes-de-la-personne/<uuid:pk>/copie/imprimer/", views.data_copy_print, name="data-copy-print"),
]
