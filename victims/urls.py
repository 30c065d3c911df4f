"""Addresses of a case. Included by referral.urls, whose namespace they keep."""

from django.urls import include, path

urlpatterns = [
    path("", include("victims.access.urls")),
    path("", include("victims.cases.urls")),
    path("", include("victims.categories.urls")),
    path("", include("victims.consents.urls")),
    path("", include("victims.data_requests.urls")),
    path("", include("victims.reporting.urls")),
    path("", include("victims.requisitions.urls")),
    path("", include("victims.files.urls")),
    path("", include("victims.history.urls")),
    path("", include("victims.identity.urls")),
    path("", include("victims.links.urls")),
    path("", include("victims.needs.urls")),
    path("", include("victims.own_labels.urls")),
    path("", include("victims.path.urls")),
    path("", include("victims.reading.urls")),
    path("", include("victims.secrecy.urls")),
    path("", include("victims.statements.urls")),
    path("", include("victims.thread.urls")),
]
