from django.urls import path

from . import views

app_name = "notifications"
urlpatterns = [
    path("", views.notice_list, name="notice-list"),
    path("lues/", views.read_all, name="notice-read-all"),
    path("preferences/", views.preferences, name="preferences"),
    path("<int:pk>/", views.open_notice, name="notice-open"),
    path("<int:pk>/lue/", views.read_one, name="notice-read"),
]
