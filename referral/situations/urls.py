from django.urls import path

from .views import asking, events, opening, sharing

urlpatterns = [
    path("evenements/", events.situation_list, name="situation-list"),
    path("evenements/nouveau/", events.situation_new, name="situation-new"),
    path("evenements/nouveau/<uuid:pk>/", events.situation_new, name="situation-from-alert"),
    path("evenements/<uuid:pk>/", events.situation_detail, name="situation-detail"),
    path("evenements/<uuid:pk>/alerte/", events.situation_alert, name="situation-alert"),
    path("evenements/<uuid:pk>/je-m-en-charge/", events.situation_charge, name="situation-charge"),
    path("evenements/<uuid:pk>/indices/", events.situation_signs, name="situation-signs"),
    path("evenements/<uuid:pk>/personnes/", opening.situation_persons, name="situation-persons"),
    path("evenements/<uuid:pk>/ouverture/", opening.situation_opening, name="situation-opening"),
    path("evenements/<uuid:pk>/question/", asking.situation_question, name="situation-question"),
    path("evenements/<uuid:pk>/accords/", asking.situation_ask, name="situation-ask"),
    path("evenements/<uuid:pk>/accueil/", asking.situation_intake, name="situation-intake"),
    path("evenements/<uuid:pk>/repartir/", sharing.situation_split_view, name="situation-split"),
    path("evenements/<uuid:pk>/envois/", sharing.situation_drafts, name="situation-drafts"),
]
