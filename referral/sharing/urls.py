from django.urls import path

from .views import consents, legal_shares

urlpatterns = [
    path("dossiers/<uuid:pk>/accords/", consents.case_consents, name="case-consents"),
    path("accords/<uuid:pk>/retirer/", consents.consent_withdraw, name="consent-withdraw"),
    path("partages-sans-accord/", legal_shares.legal_shares, name="legal-shares"),
]
