from django.urls import path

from . import views

urlpatterns = [
    path("archives/", views.archive_list, name="archive-list"),
    path("archives/<uuid:pk>/", views.archive_open, name="archive-open"),
]
