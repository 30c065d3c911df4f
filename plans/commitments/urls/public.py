"""Route the public pages of commitments."""

from django.urls import path

from plans.commitments.views import public as views

urlpatterns = [
    path("plan/engagements/", views.commitment_list, name="commitments"),
    path("plan/engagements/rapport/", views.commitment_report, name="commitment-report"),
    path("plan/engagements/rapport.csv", views.commitment_report_csv, name="commitment-report-csv"),
    path("plan/engagements/rapport.pdf", views.commitment_report_pdf, name="commitment-report-pdf"),
    path("plan/engagements/<slug:code>/", views.commitment, name="commitment"),
]
