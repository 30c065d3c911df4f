from django.urls import path

from . import views

urlpatterns = [
    path("dossiers/<uuid:pk>/signalement/", views.case_reporting, name="case-reporting"),
]
