"""All routes. A route that no page leads to, or that declares no access, fails tests/guarantees/test_routes.py."""

from django.conf import settings
from django.urls import include, path

from agencies.languages import by_language
from agencies.urls import sign_in

urlpatterns = [
    *by_language(
        path("", include("referral.public_urls")),
        path("", include(sign_in)),
        path("indicateurs/", include("indicators.urls")),
        path("procedures/", include("indicators.procedure_urls")),
        path("", include("plans.public_urls")),
    ),
    path("", include("agencies.urls")),
    path("", include("referral.urls")),
    path("api/v1/", include("referral.api_urls")),
    path("notifications/", include("notifications.urls")),
    path("pilotage/", include("plans.urls")),
    path("donnees/", include("plans.data_urls")),
    path("dev/", include("notifications.mailbox")),  # empty outside development
]

if settings.ADMIN_ENABLED:
    from django.contrib import admin

    urlpatterns.append(path("admin/", admin.site.urls))

handler400 = "referral.public_views.bad_request"
handler500 = "referral.public_views.server_error"
