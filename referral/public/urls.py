"""Addresses of public pages and of the home page."""

from django.urls import path

from referral.organisations.views import accounts

from . import views

urlpatterns = [
    path("", views.home, name="home"),
    path("besoin-d-aide/", views.help_numbers, name="help"),
    path("temoin/", views.witness, name="witness"),
    path("navigation-discrete/", views.discreet, name="discreet"),
    path("accessibilite/", views.accessibility, name="accessibility"),
    path("mentions-legales/", views.legal, name="legal"),
    path("donnees-personnelles/", views.personal_data, name="personal-data"),
    path("activer/", accounts.activate, name="activate"),
    path("plan-du-site/", views.sitemap, name="sitemap"),
]
