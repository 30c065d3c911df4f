from django.urls import path

from .operations.moves import MOVES
from .views import moves, orientations

urlpatterns = [
    path("dossiers/<uuid:pk>/orienter/", orientations.orientation_new, name="orientation-new"),
    path("orientations/", orientations.orientation_sent, name="orientation-sent"),
    path("demandes/", orientations.orientation_received, name="orientation-received"),
    path("orientations/<uuid:pk>/", orientations.orientation_detail, name="orientation-detail"),
    path("orientations/<uuid:pk>/apercu/", orientations.orientation_preview, name="orientation-preview"),
    path("orientations/<uuid:pk>/reorienter/", moves.orientation_reroute, name="orientation-reroute"),
    *(
        path(
            f"orientations/<uuid:pk>/{move.slug}/",
            moves.orientation_move,
            {"action": action},
            f"orientation-{move.route}",
        )
        for action, move in MOVES.items()
    ),
]
