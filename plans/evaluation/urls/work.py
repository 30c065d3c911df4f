"""Route the working pages of evaluations, below /pilotage/."""

from django.urls import path

from plans.evaluation.views import work as views

urlpatterns = [
    path("evaluations/", views.evaluation_list, name="evaluation-list"),
    path("evaluations/<uuid:pk>/", views.evaluation_detail, name="evaluation-detail"),
    path("evaluations/<uuid:pk>/publier/", views.evaluation_release, name="evaluation-release"),
    path("evaluations/<uuid:pk>/supprimer/", views.evaluation_discard, name="evaluation-discard"),
    path("evaluations/<uuid:pk>/repondre/", views.evaluation_reply, name="evaluation-reply"),
]
