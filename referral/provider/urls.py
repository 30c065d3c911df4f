from django.urls import path

from . import views

urlpatterns = [
    path("connexion/fournisseur/", views.provider, name="provider"),
    path("connexion/fournisseur/retour/", views.provider_return, name="provider-return"),
    path("profil/protection/fournisseur/", views.provider_link, name="provider-link"),
    path("profil/protection/fournisseur/retirer/", views.provider_unlink, name="provider-unlink"),
]
