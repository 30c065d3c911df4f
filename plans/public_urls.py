"""The public site of the policy, in each language: /plan/…, /statistiques/, /annuaire/, /donnees/.

A subject keeps its routes in `plans/<subject>_public_urls.py` and is added to `urlpatterns` here; its line of the
sub-navigation goes to `plans/public_nav.py`.
"""

from django.urls import include, path

from . import commitment_public_urls, data_views, public_views

app_name = "policy"
urlpatterns = [
    path("", include("plans.participation_public_urls")),
    path("plan/", public_views.home, name="home"),
    path("donnees/", data_views.data, name="data"),
    path("donnees/<slug:code>/", data_views.dataset, name="dataset"),
    path("", include("plans.evaluation_public_urls")),
    *commitment_public_urls.urlpatterns,
    path("", include("plans.money_public_urls")),
]
