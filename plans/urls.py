"""Route the working pages of public policy, below /pilotage/: one `urls/work.py` per subject, one namespace for all."""

from django.urls import include, path

from plans.steering.views import home

app_name = "plans"
urlpatterns = [
    path("", include("plans.participation.urls.work")),
    path("", home.hub_page, name="hub"),
    path("", include("plans.evaluation.urls.work")),
    path("", include("plans.committee.urls.work")),
    path("", include("plans.participation.urls.admissions")),
    path("", include("plans.commitments.urls.work")),
    path("", include("plans.money.urls.work")),
    path("", include("plans.plan.urls.work")),
]
