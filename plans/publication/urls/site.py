"""Route the public policy site, in each language: /plan/…, /statistiques/, /annuaire/, /donnees/.

A subject keeps its public routes in `plans/<subject>/urls/public.py` and is added to `urlpatterns` here; its line of
the sub-navigation goes to `plans/publication/display/navigation.py`.
"""

from django.urls import include, path

from plans.publication.views import data, directory, site, statistics

app_name = "policy"
urlpatterns = [
    path("", include("plans.participation.urls.public")),
    path("plan/", site.home, name="home"),
    path("plan/recherche/", site.search, name="search"),
    path("plan/<slug:code>.pdf", site.plan_pdf, name="plan-pdf"),
    path("plan/<slug:code>/versions/<int:number>.pdf", site.plan_pdf, name="plan-version-pdf"),
    path("statistiques/", statistics.statistics, name="statistics"),
    path("statistiques/chiffres.pdf", statistics.printed, name="statistics-pdf"),
    path("statistiques/enquete/", statistics.survey, name="statistics-survey"),
    path("statistiques/enquete/<int:year>/", statistics.survey, name="statistics-survey-year"),
    path("statistiques/<slug:code>/", statistics.series, name="statistics-series"),
    path("annuaire/", directory.directory, name="directory"),
    path("donnees/", data.data, name="data"),
    path("donnees/<slug:code>/", data.dataset, name="dataset"),
    path("", include("plans.evaluation.urls.public")),
    path("", include("plans.committee.urls.public")),
    path("", include("plans.commitments.urls.public")),
    path("", include("plans.money.urls.public")),
    path("", include("plans.plan.urls.public")),  # last: the code of a plan takes the place of the words of others
]
