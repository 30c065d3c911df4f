"""Addresses of one's own account, and of an organisation's members."""

from django.urls import path

from . import account_views, member_views

urlpatterns = [
    path("profil/mot-de-passe/", account_views.password, name="password"),
    path("organisation/membres/", member_views.members, name="members"),
    path("organisation/membres/inviter/", member_views.member_invite, name="member-invite"),
    path("organisation/membres/<int:pk>/", member_views.member, name="member"),
    path("organisation/membres/<int:pk>/couper/", member_views.member_off, name="member-off"),
    path("organisation/membres/<int:pk>/retablir/", member_views.member_on, name="member-on"),
    path("organisation/membres/<int:pk>/code/", member_views.member_code, name="member-code"),
]
