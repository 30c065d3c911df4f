"""Organisations admitted by the coordination, below /pilotage/."""

from django.urls import path

from . import admission_views

urlpatterns = [
    path("organismes/", admission_views.admission_list, name="admission-list"),
    path("organismes/proposer/", admission_views.admission_new, name="admission-new"),
    path("organismes/<uuid:pk>/", admission_views.admission, name="admission"),
    path("organismes/<uuid:pk>/code/", admission_views.admission_code, name="admission-code"),
]
