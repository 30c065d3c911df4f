"""Signing in and out, and under which membership one acts."""

from django.urls import path

from . import views

urlpatterns = [
    path("connexion/", views.SignIn.as_view(), name="login"),
    path("deconnexion/", views.SignOut.as_view(), name="logout"),
    path("role/", views.choose_membership, name="membership-choose"),
    path("profil/", views.profile, name="profile"),
    path("toujours-la/", views.still_here, name="still-here"),
]
