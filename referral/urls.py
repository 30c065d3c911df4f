"""Addresses of the mechanism: alerts, cases and orientations, and what programs need."""

from . import access_urls, alert_urls, case_urls, developer_urls

app_name = "referral"
urlpatterns = [*access_urls.urlpatterns, *alert_urls.urlpatterns, *case_urls.urlpatterns, *developer_urls.urlpatterns]
