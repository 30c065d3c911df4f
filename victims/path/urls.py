from django.urls import path

from . import views

urlpatterns = [
    path("dossiers/<uuid:pk>/parcours/", views.case_path, name="case-path"),
    path("dossiers/<uuid:pk>/parcours/<uuid:episode>/", views.episode_correct, name="episode-correct"),
    path("dossiers/<uuid:pk>/parcours/<uuid:episode>/retirer/", views.episode_remove, name="episode-remove"),
]
