"""Addresses of the mechanism and of victims, in one namespace: `referral`. They contain identifiers, never a name."""

from django.urls import include, path

app_name = "referral"
urlpatterns = [
    path("", include("victims.urls")),
    path("", include("referral.alerts.urls")),
    path("", include("referral.api.urls.developers")),
    path("", include("referral.audit.urls")),
    path("", include("referral.breaches.urls")),
    path("", include("referral.charter.urls")),
    path("", include("referral.closing.urls")),
    path("", include("referral.dashboard.urls")),
    path("", include("referral.data_copy.urls")),
    path("", include("referral.desk.urls")),
    path("", include("referral.duplicates.urls")),
    path("", include("referral.archives.urls")),
    path("", include("referral.erasure.urls")),
    path("", include("referral.exports.urls")),
    path("", include("referral.factors.urls")),
    path("", include("referral.imports.urls")),
    path("", include("referral.inbox.urls")),
    path("", include("referral.organisations.urls")),
    path("", include("referral.orientations.urls")),
    path("", include("referral.procedures.urls")),
    path("", include("referral.provider.urls")),
    path("", include("referral.relocation.urls")),
    path("", include("referral.sessions.urls")),
    path("", include("referral.sharing.urls")),
    path("", include("referral.situations.urls")),
    path("", include("referral.summary.urls")),
    path("", include("referral.survey.urls")),
]
