"""Route the public pages of coordination and committee."""

from django.urls import path

from plans.committee.views import public as views

urlpatterns = [
    path("plan/coordination/", views.coordination, name="coordination"),
    path("plan/comite/", views.committee, name="committee"),
    path("plan/comite/<int:pk>/", views.meeting, name="meeting"),
]
