"""Addresses of the mechanism: alerts, cases and orientations, and what programs need."""

from . import alert_urls, case_urls, developer_urls

app_name = "referral"
urlpatterns = [*alert_urls.urlpatterns, *case_urls.urlpatterns, *developer_urls.urlpatterns]
