from django.urls import path

from .views import setup, steps

urlpatterns = [
    path("connexion/seconde-etape/", steps.second_step, name="second-step"),
    path("connexion/cle/", steps.passkey, name="passkey"),
    path("profil/protection/", setup.factors, name="factors"),
    path("profil/protection/application/", setup.factor_app, name="factor-app"),
    path("profil/protection/cle/", setup.factor_key, name="factor-key"),
    path("profil/protection/codes/", setup.factor_codes, name="factor-codes"),
    path("profil/protection/<int:pk>/retirer/", setup.factor_remove, name="factor-remove"),
]
