"""Addresses of the mechanism: alerts, cases and orientations, and what programs need."""

from . import (
    access_urls,
    account_urls,
    agreement_urls,
    alert_urls,
    case_urls,
    desk_urls,
    developer_urls,
    duplicate_urls,
    import_urls,
    journal_urls,
    life_urls,
    orientation_urls,
    path_urls,
    procedure_urls,
    situation_urls,
    survey_urls,
    work_urls,
)

app_name = "referral"
urlpatterns = [
    *access_urls.urlpatterns,
    *account_urls.urlpatterns,
    *agreement_urls.urlpatterns,
    *alert_urls.urlpatterns,
    *case_urls.urlpatterns,
    *desk_urls.urlpatterns,
    *developer_urls.urlpatterns,
    *duplicate_urls.urlpatterns,
    *life_urls.urlpatterns,
    *orientation_urls.urlpatterns,
    *procedure_urls.urlpatterns,
    *import_urls.urlpatterns,
    *journal_urls.urlpatterns,
    *path_urls.urlpatterns,
    *situation_urls.urlpatterns,
    *survey_urls.urlpatterns,
    *work_urls.urlpatterns,
]
