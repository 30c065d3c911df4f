from django.urls import path

from . import views

urlpatterns = [
    path("dossiers/<uuid:pk>/identification/", views.case_statements, name="case-statements"),
]
