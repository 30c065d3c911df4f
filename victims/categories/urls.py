from django.urls import path

from . import views

urlpatterns = [
    path("dossiers/<uuid:pk>/sante/", views.case_health, name="case-health"),
    path("dossiers/<uuid:pk>/auteurs/", views.case_offence, name="case-offence"),
    path("dossiers/<uuid:pk>/sejour/", views.case_residence, name="case-residence"),
]
