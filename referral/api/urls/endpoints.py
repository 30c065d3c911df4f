"""Addresses of the API, version 1. Any other address answers 401 without a token and 404 with one."""

from django.urls import path, re_path

from referral.api.views import acts, identity, records, reference
from referral.api.views.token import TokenView

app_name = "api"


def _act(name: str, view=records.OrientationSingle):
    return view.as_view({"post": name})


urlpatterns = [
    path("token/", TokenView.as_view(), name="token"),
    path("alerts/", records.AlertList.as_view({"get": "list", "post": "create"}), name="alert-list"),
    path("alerts/received/", records.AlertReceived.as_view({"get": "list"}), name="alert-received"),
    path("alerts/<uuid:pk>/", records.AlertSingle.as_view({"get": "retrieve"}), name="alert-detail"),
    path("alerts/<uuid:pk>/open/", _act("open", records.AlertSingle), name="alert-open"),
    path("alerts/<uuid:pk>/act/", _act("act", acts.AlertActs), name="alert-act"),
    path("alerts/<uuid:pk>/redirect/", _act("redirect", acts.AlertActs), name="alert-redirect"),
    path("alerts/<uuid:pk>/close/", _act("close", acts.AlertActs), name="alert-close"),
    path("cases/", records.CaseList.as_view({"get": "list"}), name="case-list"),
    path("cases/<uuid:pk>/", records.CaseSingle.as_view({"get": "retrieve"}), name="case-detail"),
    path("cases/<uuid:pk>/identity/", identity.CaseIdentity.as_view({"post": "enter"}), name="case-identity"),
    path("cases/<uuid:pk>/state/", _act("state", acts.CaseActs), name="case-state"),
    path("cases/<uuid:pk>/start_support/", _act("start_support", acts.CaseActs), name="case-start_support"),
    path("cases/<uuid:pk>/follow_up/", _act("follow_up", acts.CaseActs), name="case-follow_up"),
    path("cases/<uuid:pk>/close/", _act("close", acts.CaseActs), name="case-close"),
    path("cases/<uuid:pk>/reopen/", _act("reopen", acts.CaseActs), name="case-reopen"),
    path("orientations/", records.OrientationList.as_view({"get": "list"}), name="orientation-list"),
    path("orientations/sent/", records.OrientationSentList.as_view({"get": "list"}), name="orientation-sent"),
    path("orientations/<uuid:pk>/", records.OrientationSingle.as_view({"get": "retrieve"}), name="orientation-detail"),
    path("orientations/<uuid:pk>/open/", _act("open"), name="orientation-open"),
    path("orientations/<uuid:pk>/accept/", _act("accept"), name="orientation-accept"),
    path("orientations/<uuid:pk>/decline/", _act("decline"), name="orientation-decline"),
    path("orientations/<uuid:pk>/start/", _act("start"), name="orientation-start"),
    path("orientations/<uuid:pk>/complete/", _act("complete"), name="orientation-complete"),
    path("orientations/<uuid:pk>/ask/", _act("ask", acts.OrientationActs), name="orientation-ask"),
    path("orientations/<uuid:pk>/answer/", _act("answer_ask", acts.OrientationActs), name="orientation-answer"),
    path("orientations/<uuid:pk>/message/", _act("message", acts.OrientationActs), name="orientation-message"),
    path("orientations/<uuid:pk>/send/", _act("send", acts.OrientationActs), name="orientation-send"),
    path("orientations/<uuid:pk>/withdraw/", _act("withdraw", acts.OrientationActs), name="orientation-withdraw"),
    path("orientations/<uuid:pk>/revoke/", _act("revoke", acts.OrientationActs), name="orientation-revoke"),
    path("orientations/<uuid:pk>/reroute/", _act("reroute", acts.OrientationActs), name="orientation-reroute"),
    path("notices/", records.NoticeList.as_view({"get": "list"}), name="notice-list"),
    path("reference/", reference.ReferenceIndex.as_view(), name="reference-index"),
    path("reference/<slug:name>/", reference.ReferenceList.as_view(), name="reference"),
    re_path(r"", records.Elsewhere.as_view(), name="elsewhere"),
]
