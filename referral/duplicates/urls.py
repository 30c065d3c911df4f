from django.urls import path

from . import views

urlpatterns = [
    path("doublons/", views.match_list, name="match-list"),
    path("doublons/<uuid:pk>/", views.match_detail, name="match-detail"),
    path("doublons/<uuid:pk>/decider/", views.match_decide, name="match-decide"),
    path("doublons/<uuid:pk>/fusionner/", views.match_merge, name="match-merge"),
    path("comptes-a-verifier/", views.alarm_list, name="match-alarm-list"),
    path("comptes-a-verifier/<uuid:pk>/", views.alarm_detail, name="match-alarm"),
]
