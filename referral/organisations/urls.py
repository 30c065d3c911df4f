from django.urls import path

from .views import accounts, arrivals, coverage, duty, hooks, members, organisation, powers, programs

urlpatterns = [
    path("profil/mot-de-passe/", accounts.password, name="password"),
    path("organisation/membres/", members.members, name="members"),
    path("organisation/membres/inviter/", members.member_invite, name="member-invite"),
    path("organisation/membres/<int:pk>/", members.member, name="member"),
    path("organisation/membres/<int:pk>/couper/", members.member_off, name="member-off"),
    path("organisation/membres/<int:pk>/retablir/", members.member_on, name="member-on"),
    path("organisation/membres/<int:pk>/dossiers/", members.member_files, name="member-files"),
    path("organisation/membres/<int:pk>/code/", members.member_code, name="member-code"),
    path("organisation/membres/<int:pk>/facteur/", members.member_factor, name="member-factor"),
    path("organisation/programmes/", programs.programs, name="programs"),
    path("organisation/programmes/<int:pk>/", programs.program, name="program"),
    path("organisation/programmes/<int:pk>/secret/", programs.program_secret, name="program-secret"),
    path("organisation/programmes/<int:pk>/couper/", programs.program_cut, name="program-cut"),
    path("organisation/programmes/<int:pk>/portee/", programs.program_scope, name="program-scope"),
    path("organisation/programmes/<int:pk>/webhooks/", hooks.hook_make, name="hook-make"),
    path("organisation/webhooks/<uuid:pk>/", hooks.hook, name="hook"),
    path("organisation/webhooks/<uuid:pk>/secret/", hooks.hook_secret, name="hook-secret"),
    path("organisation/arrivees/", arrivals.arrivals, name="arrivals"),
    path("organisation/arrivees/<uuid:pk>/", arrivals.arrival, name="arrival"),
    path("organisation/demandes/", coverage.desk_changes, name="desk-changes"),
    path("organisation/demandes/<uuid:pk>/", coverage.desk_change, name="desk-change"),
    path("organismes/", powers.powers_list, name="powers-list"),
    path("organismes/<int:pk>/", powers.powers, name="powers"),
    path("organisation/permanence/", duty.duty, name="duty"),
    path("organisation/", organisation.organisation, name="organisation"),
    path("organisation/places/", organisation.organisation_places, name="organisation-places"),
    path("organisation/modifier/", organisation.organisation_edit, name="organisation-edit"),
    path("besoins-non-couverts/", organisation.unmet_needs, name="unmet-needs"),
]
