"""Addresses of one's own account."""

from django.urls import path

from . import account_views

urlpatterns = [
    path("profil/mot-de-passe/", account_views.password, name="password"),
]
