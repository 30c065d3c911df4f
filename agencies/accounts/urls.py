from django.urls import path

from . import views

# in each language: who signs in has no profile yet (referral/config/urls.py)
sign_in = [path("connexion/", views.SignIn.as_view(), name="login")]

urlpatterns = [
    path("deconnexion/", views.SignOut.as_view(), name="logout"),
    path("role/", views.choose_membership, name="membership-choose"),
    path("profil/", views.profile, name="profile"),
    path("toujours-la/", views.still_here, name="still-here"),
]
