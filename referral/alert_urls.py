"""Addresses of what frontline workers do."""

from django.urls import path

from . import alert_follow_views as follow
from . import alert_views as views

urlpatterns = [
    path("signaler/", views.alert_start, name="alert-start"),
    path("signaler/<uuid:pk>/<int:step>/", views.alert_step, name="alert-step"),
    path("signaler/<uuid:pk>/lecture/", views.alert_reading, name="alert-reading"),
    path("signaler/<uuid:pk>/supprimer/", views.alert_discard, name="alert-discard"),
    path("recu/<uuid:pk>/", follow.alert_received, name="alert-received"),
    path("danger/", views.danger, name="danger"),
    path("mes-signalements/", follow.alert_list, name="alert-list"),
    path("mes-signalements/<uuid:pk>/", follow.alert_detail, name="alert-detail"),
    path("mes-signalements/<uuid:pk>/suivre/", follow.alert_follow, name="alert-follow"),
    path("mes-signalements/<uuid:pk>/complement/", follow.alert_add, name="alert-add"),
]
