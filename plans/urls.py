"""The working space of public policy, below /pilotage/: one module a subject, one namespace for all."""

from django.urls import include, path

from . import commitments_urls, hub_views

app_name = "plans"
urlpatterns = [
    path("", include("plans.participation_urls")),
    path("", hub_views.hub_page, name="hub"),
    path("", include("plans.evaluation_urls")),
    path("", include("plans.committee_urls")),
    path("", include("plans.admission_urls")),
    *commitments_urls.urlpatterns,
    path("", include("plans.money_urls")),
    path("", include("plans.plan_urls")),
]
