"""All routes. A route that no page leads to, or that declares no access, fails tests/guarantees/test_routes.py."""

from importlib.util import find_spec

from django.conf import settings
from django.urls import include, path

# Rooms under construction: included as soon as their routes exist.
ROOMS = [
    ("notifications/", "notifications.urls"),
    ("dev/", "notifications.mailbox"),
    ("indicateurs/", "indicators.urls"),
    ("api/v1/", "referral.api_urls"),
    ("", "referral.urls"),
]

urlpatterns = [
    path("", include("referral.public_urls")),
    path("", include("agencies.urls")),
    *(path(prefix, include(module)) for prefix, module in ROOMS if find_spec(module)),
]

if settings.ADMIN_ENABLED:
    from django.contrib import admin

    urlpatterns.append(path("admin/", admin.site.urls))

handler400 = "referral.public_views.bad_request"
handler500 = "referral.public_views.server_error"
