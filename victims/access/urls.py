from django.urls import path

from . import views

urlpatterns = [
    path("dossiers/<uuid:pk>/acces/", views.case_access, name="case-access"),
    path("dossiers/<uuid:pk>/affecter/", views.case_assign, name="case-assign"),
    path("acces-urgence/", views.emergency_access, name="emergency-access"),
]
