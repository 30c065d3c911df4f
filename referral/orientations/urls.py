from django.urls import path

from .views import messages, orientations

urlpatterns = [
    path("dossiers/<uuid:pk>/orienter/", orientations.orientation_new, name="orientation-new"),
    path("orientations/", orientations.orientation_sent, name="orientation-sent"),
    path("demandes/", orientations.orientation_received, name="orientation-received"),
    path("orientations/<uuid:pk>/", orientations.orientation_detail, name="orientation-detail"),
    path("orientations/<uuid:pk>/apercu/", orientations.orientation_preview, name="orientation-preview"),
    path("orientations/<uuid:pk>/accepter/", orientations.orientation_accept, name="orientation-accept"),
    path("orientations/<uuid:pk>/refuser/", orientations.orientation_decline, name="orientation-decline"),
    path("orientations/<uuid:pk>/commencer/", orientations.orientation_start, name="orientation-start"),
    path("orientations/<uuid:pk>/terminer/", orientations.orientation_complete, name="orientation-complete"),
    path("orientations/<uuid:pk>/retirer/", orientations.orientation_withdraw, name="orientation-withdraw"),
    path("orientations/<uuid:pk>/question/", messages.orientation_ask, name="orientation-ask"),
    path("orientations/<uuid:pk>/reponse/", messages.orientation_answer, name="orientation-answer"),
    path("orientations/<uuid:pk>/message/", messages.orientation_message, name="orientation-message"),
    path("orientations/<uuid:pk>/reorienter/", messages.orientation_reroute, name="orientation-reroute"),
    path("orientations/<uuid:pk>/mettre-fin/", messages.orientation_revoke, name="orientation-revoke"),
]
