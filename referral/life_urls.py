"""Addresses of a case's working sections: its state, the thread, notes, needs, persons and cases linked, papers."""

from django.urls import path

from . import life_views

urlpatterns = [
    path("dossiers/<uuid:pk>/etat/", life_views.case_life_page, name="case-life"),
    path("dossiers/<uuid:pk>/clore/", life_views.case_close, name="case-close"),
]
