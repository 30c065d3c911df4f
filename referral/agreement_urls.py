"""Addresses of what the person agreed to, of what entitled bodies state, and of health, offence and residence."""

from django.urls import path

from . import agreement_views, category_views, legal_views, statement_views

urlpatterns = [
    path("dossiers/<uuid:pk>/identification/", statement_views.case_statements, name="case-statements"),
    path("dossiers/<uuid:pk>/accords/", agreement_views.case_consents, name="case-consents"),
    path("dossiers/<uuid:pk>/accords/nouveau/", agreement_views.consent_new, name="consent-new"),
    path("dossiers/<uuid:pk>/avis-enfant/", agreement_views.opinion_new, name="opinion-new"),
    path("accords/<uuid:pk>/retirer/", agreement_views.consent_withdraw, name="consent-withdraw"),
    path("accords/<uuid:pk>/imprimer/", agreement_views.consent_print, name="consent-print"),
    path("partages-sans-accord/", legal_views.legal_shares, name="legal-shares"),
    path("dossiers/<uuid:pk>/sante/", category_views.case_health, name="case-health"),
    path("dossiers/<uuid:pk>/auteurs/", category_views.case_offence, name="case-offence"),
    path("dossiers/<uuid:pk>/sejour/", category_views.case_residence, name="case-residence"),
]
