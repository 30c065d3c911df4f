"""Route the public pages of participation, below /plan/."""

from django.urls import path

from plans.participation.views import public as views

urlpatterns = [
    path("plan/contributions/", views.contribution_list, name="contribution-list"),
    path("plan/contributions/donner-un-avis/", views.contribution_how, name="contribution-how"),
    path("plan/contributions/<uuid:pk>/", views.contribution_detail, name="contribution-detail"),
    path("plan/consultations/<uuid:pk>/", views.consultation_detail, name="consultation-detail"),
    path("plan/secteurs/", views.sector_list, name="sector-list"),
    path("plan/secteurs/<slug:code>/", views.sector_detail, name="sector-detail"),
]
