"""The public site of the policy, in each language: /plan/…, /statistiques/, /annuaire/, /donnees/.

A subject keeps its routes in `plans/<subject>_public_urls.py` and is added to `urlpatterns` here; its line of the
sub-navigation goes to `plans/public_nav.py`.
"""

from django.urls import include, path

from . import commitment_public_urls, data_views, directory_views, public_views, statistics_views

app_name = "policy"
urlpatterns = [
    path("", include("plans.participation_public_urls")),
    path("plan/", public_views.home, name="home"),
    path("plan/recherche/", public_views.search, name="search"),
    path("plan/<slug:code>.pdf", public_views.plan_pdf, name="plan-pdf"),
    path("plan/<slug:code>/versions/<int:number>.pdf", public_views.plan_pdf, name="plan-version-pdf"),
    path("statistiques/", statistics_views.statistics, name="statistics"),
    path("statistiques/chiffres.pdf", statistics_views.printed, name="statistics-pdf"),
    path("statistiques/enquete/", statistics_views.survey, name="statistics-survey"),
    path("statistiques/enquete/<int:year>/", statistics_views.survey, name="statistics-survey-year"),
    path("statistiques/<slug:code>/", statistics_views.series, name="statistics-series"),
    path("annuaire/", directory_views.directory, name="directory"),
    path("donnees/", data_views.data, name="data"),
    path("donnees/<slug:code>/", data_views.dataset, name="dataset"),
    path("", include("plans.evaluation_public_urls")),
    path("", include("plans.committee_public_urls")),
    *commitment_public_urls.urlpatterns,
    path("", include("plans.money_public_urls")),
    path("", include("plans.plan_public_urls")),  # last: a plan's code stands where others have their word
]
