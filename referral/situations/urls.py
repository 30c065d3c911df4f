from django.urls import path

from . import views

urlpatterns = [
    path("evenements/", views.situation_list, name="situation-list"),
    path("evenements/nouveau/", views.situation_new, name="situation-new"),
    path("evenements/nouveau/<uuid:pk>/", views.situation_new, name="situation-from-alert"),
    path("evenements/<uuid:pk>/", views.situation_detail, name="situation-detail"),
    path("evenements/<uuid:pk>/alerte/", views.situation_alert, name="situation-alert"),
    path("evenements/<uuid:pk>/indices/", views.situation_signs, name="situation-signs"),
    path("evenements/<uuid:pk>/personnes/", views.situation_persons, name="situation-persons"),
    path("evenements/<uuid:pk>/accueil/", views.situation_intake, name="situation-intake"),
    path("evenements/<uuid:pk>/repartir/", views.situation_split_view, name="situation-split"),
    path("evenements/<uuid:pk>/envois/", views.situation_drafts, name="situation-drafts"),
]
