from django.urls import path

from . import views

urlpatterns = [
    path("saisie-gardee/", views.kept, name="kept"),
    path("saisie-gardee/garder/", views.kept_now, name="kept-now"),
    path("brouillons/", views.drafts, name="drafts"),
]
