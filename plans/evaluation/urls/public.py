"""Route the public pages of evaluations."""

from django.urls import path

from plans.evaluation.views import public as views

urlpatterns = [
    path("plan/evaluations/", views.evaluations, name="evaluations"),
    path("plan/evaluations/<uuid:pk>/", views.evaluation, name="evaluation"),
    path("plan/<slug:code>/evaluations/", views.crossing, name="crossing"),
]
