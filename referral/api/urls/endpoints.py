"""Addresses of the API, version 1. Any other address answers 401 without a token and 404 with one."""

from django.urls import path, re_path

from referral.api.serializers.records import ALERT_ACTIONS, CASE_ACTIONS, ORIENTATION_ACTIONS
from referral.api.views import (
    acts,
    agenda,
    desk,
    jobs,
    labels,
    notices,
    own_case,
    records,
    reference,
    sandbox,
    situations,
    survey,
    watch,
)
from referral.api.views.sections import beside, files, follow_up, orienting, person, sharing, work
from referral.api.views.sections.base import addresses
from referral.api.views.token import TokenView

app_name = "api"


def _acts(noun: str, view, names: list[str]) -> list:
    """Return the address of each of these actions that the view has a method for; `make_…`: made of a declared move."""
    methods = {name: made if hasattr(view, made := f"make_{name}") else name for name in names}
    return [
        path(f"{noun}s/<uuid:pk>/{name}/", view.as_view({"post": method}), name=f"{noun}-{name}")
        for name, method in methods.items()
        if hasattr(view, method)
    ]


# sections of a case that a program reads, each with its acts
READINGS = [
    *follow_up.READINGS,
    *files.READINGS,
    *person.READINGS,
    *sharing.READINGS,
    *work.READINGS,
    *orienting.READINGS,
]
urlpatterns = [
    path("token/", TokenView.as_view(), name="token"),
    path("alerts/", records.AlertList.as_view({"get": "list", "post": "create"}), name="alert-list"),
    path("alerts/received/", records.AlertReceived.as_view({"get": "list"}), name="alert-received"),
    path("alerts/<uuid:pk>/", records.AlertSingle.as_view({"get": "retrieve"}), name="alert-detail"),
    *_acts("alert", acts.AlertActs, ["join", *ALERT_ACTIONS]),
    *_acts("alert", acts.AuthorActs, ["add", "address", "finish"]),
    path("cases/", own_case.OwnCase.as_view({"get": "list", "post": "create"}), name="case-list"),
    path("cases/<uuid:pk>/", records.CaseSingle.as_view({"get": "retrieve"}), name="case-detail"),
    path("cases/<uuid:pk>/label/", labels.CaseLabel.as_view({"get": "show", "post": "label"}), name="case-label"),
    *_acts("case", acts.CaseActs, ["state", *CASE_ACTIONS]),
    *(one for reading in READINGS for one in addresses(reading)),
    *beside.URLS,
    *files.URLS,
    path("orientations/", records.OrientationList.as_view({"get": "list"}), name="orientation-list"),
    path("orientations/sent/", records.OrientationSentList.as_view({"get": "list"}), name="orientation-sent"),
    path("orientations/<uuid:pk>/", records.OrientationSingle.as_view({"get": "retrieve"}), name="orientation-detail"),
    *_acts("orientation", acts.OrientationActs, ["message", "reroute", *ORIENTATION_ACTIONS]),
    path("orientations/<uuid:pk>/preview/", acts.Preview.as_view({"get": "show"}), name="orientation-preview"),
    *situations.URLS,
    *jobs.URLS,
    *watch.URLS,
    *survey.URLS,
    path("notices/", records.NoticeList.as_view({"get": "list"}), name="notice-list"),
    path("notices/<int:pk>/read/", notices.NoticesRead.as_view({"post": "read_until"}), name="notice-read"),
    path("clocks/", agenda.Agenda.as_view({"get": "list"}), name="clock-list"),
    path("desk/", desk.OwnDesk.as_view({"get": "show"}), name="desk"),
    path("desk/places/", desk.OwnDesk.as_view({"post": "declare"}), name="desk-places"),
    path("sandbox/reset/", sandbox.SandboxReset.as_view(), name="sandbox-reset"),
    path("reference/", reference.ReferenceIndex.as_view(), name="reference-index"),
    path("reference/<slug:name>/", reference.ReferenceList.as_view(), name="reference"),
    re_path(r"", records.Elsewhere.as_view(), name="elsewhere"),
]
