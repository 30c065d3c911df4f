"""Addresses of what is said and done about a request beside its answer, and of an agency's own desk."""

from django.urls import path

from . import charge_views, organisation_views, orientation_talk_views

urlpatterns = [
    path("boite/<uuid:pk>/charge/", charge_views.alert_charge, name="alert-charge"),
    path("orientations/<uuid:pk>/question/", orientation_talk_views.orientation_ask, name="orientation-ask"),
    path("orientations/<uuid:pk>/reponse/", orientation_talk_views.orientation_answer, name="orientation-answer"),
    path("orientations/<uuid:pk>/message/", orientation_talk_views.orientation_message, name="orientation-message"),
    path("orientations/<uuid:pk>/charge/", charge_views.orientation_charge, name="orientation-charge"),
    path("orientations/<uuid:pk>/reorienter/", orientation_talk_views.orientation_reroute, name="orientation-reroute"),
    path("orientations/<uuid:pk>/mettre-fin/", orientation_talk_views.orientation_revoke, name="orientation-revoke"),
    path("organisation/", organisation_views.organisation, name="organisation"),
    path("organisation/places/", organisation_views.organisation_places, name="organisation-places"),
    path("organisation/modifier/", organisation_views.organisation_edit, name="organisation-edit"),
    path("besoins-non-couverts/", organisation_views.unmet_needs, name="unmet-needs"),
]
