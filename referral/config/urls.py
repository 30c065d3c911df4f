"""All routes. tests/guarantees/test_routes.py fails on a route without a link to it or without declared access."""

from django.conf import settings
from django.urls import include, path

from agencies.accounts.urls import sign_in
from foundation.words.languages import by_language
from referral.alerts.urls import device

urlpatterns = [
    *by_language(
        path("", include("referral.public.urls")),
        path("", include(sign_in)),
        path("", include(device)),
        path("indicateurs/", include("indicators.catalogue.urls")),
        path("procedures/", include("indicators.procedures.urls")),
        path("fiches/", include("indicators.sheets.urls")),
        path("", include("plans.publication.urls.site")),
    ),
    path("", include("agencies.accounts.urls")),
    path("", include("agencies.kept.urls")),
    path("", include("referral.urls")),
    path("api/v1/", include("referral.api.urls.endpoints")),
    path("notifications/", include("notifications.urls")),
    path("pilotage/", include("plans.urls")),
    path("donnees/", include("plans.publication.urls.data")),
]

if settings.DEVELOPMENT:
    urlpatterns += [path("dev/", include("dev.mailbox")), path("dev/", include("dev.components"))]

if settings.ADMIN_ENABLED:
    from django.contrib import admin
    from django.contrib.auth.decorators import login_required

    # its own sign-in would count no wrong password: one comes in by ours
    admin.site.login = login_required(admin.site.login)  # type: ignore[method-assign]
    urlpatterns.append(path("admin/", admin.site.urls))

handler400 = "referral.public.views.bad_request"
handler500 = "referral.config.refusals.server_error"
