from django.urls import path

from . import views

urlpatterns = [
    path("dossiers/<uuid:pk>/identite/", views.case_identity, name="case-identity"),
]
