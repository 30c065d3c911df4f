from django.urls import path

from . import views

urlpatterns = [
    path("dossiers/<uuid:pk>/notre-reference/", views.case_label, name="case-label"),
]
