"""Addresses of the API, version 1. What is not here answers 401 without a token and 404 with one."""

from django.urls import path, re_path

from . import api, api_reference
from .token import TokenView

app_name = "api"


def _act(name: str, view=api.OrientationSingle):
    return view.as_view({"post": name})


urlpatterns = [
    path("token/", TokenView.as_view(), name="token"),
    path("alerts/", api.AlertList.as_view({"get": "list", "post": "create"}), name="alert-list"),
    path("alerts/received/", api.AlertReceived.as_view({"get": "list"}), name="alert-received"),
    path("alerts/<uuid:pk>/", api.AlertSingle.as_view({"get": "retrieve"}), name="alert-detail"),
    path("alerts/<uuid:pk>/open/", _act("open", api.AlertSingle), name="alert-open"),
    path("cases/", api.CaseList.as_view({"get": "list"}), name="case-list"),
    path("cases/<uuid:pk>/", api.CaseSingle.as_view({"get": "retrieve"}), name="case-detail"),
    path("orientations/", api.OrientationList.as_view({"get": "list"}), name="orientation-list"),
    path("orientations/sent/", api.OrientationSentList.as_view({"get": "list"}), name="orientation-sent"),
    path("orientations/<uuid:pk>/", api.OrientationSingle.as_view({"get": "retrieve"}), name="orientation-detail"),
    path("orientations/<uuid:pk>/open/", _act("open"), name="orientation-open"),
    path("orientations/<uuid:pk>/accept/", _act("accept"), name="orientation-accept"),
    path("orientations/<uuid:pk>/decline/", _act("decline"), name="orientation-decline"),
    path("orientations/<uuid:pk>/start/", _act("start"), name="orientation-start"),
    path("orientations/<uuid:pk>/complete/", _act("complete"), name="orientation-complete"),
    path("notices/", api.NoticeList.as_view({"get": "list"}), name="notice-list"),
    path("reference/", api_reference.ReferenceIndex.as_view(), name="reference-index"),
    path("reference/<slug:name>/", api_reference.ReferenceList.as_view(), name="reference"),
    re_path(r"", api.Elsewhere.as_view(), name="elsewhere"),
]
