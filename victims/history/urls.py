from django.urls import path

from . import views

urlpatterns = [
    path("dossiers/<uuid:pk>/historique/", views.case_history, name="case-history"),
]
