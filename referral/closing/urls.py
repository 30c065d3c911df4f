from django.urls import path

from . import views

urlpatterns = [
    path("dossiers/<uuid:pk>/etat/", views.case_life_page, name="case-life"),
    path("dossiers/<uuid:pk>/clore/", views.case_close, name="case-close"),
]
