from django.urls import path

from . import views

urlpatterns = [
    path("lectures/", views.reading_alarms, name="reading-alarms"),
    path("lectures/<uuid:pk>/", views.reading_alarm, name="reading-alarm"),
]
