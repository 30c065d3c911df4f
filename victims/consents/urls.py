from django.urls import path

from . import views

urlpatterns = [
    path("dossiers/<uuid:pk>/accords/nouveau/", views.consent_new, name="consent-new"),
    path("dossiers/<uuid:pk>/avis-enfant/", views.opinion_new, name="opinion-new"),
    path("accords/<uuid:pk>/imprimer/", views.consent_print, name="consent-print"),
]
