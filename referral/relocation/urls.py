from django.urls import path

from . import views

urlpatterns = [
    path("dossiers/<uuid:pk>/lieu/", views.case_place, name="case-place"),
]
