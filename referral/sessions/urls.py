from django.urls import path

from . import views

urlpatterns = [
    path("en-vigueur/", views.in_force, name="in-force"),
    path("profil/sessions/", views.sessions, name="sessions"),
    path("organisation/membres/<int:pk>/sessions/", views.member_sessions, name="member-sessions"),
]
