"""Public pages for those who connect a program."""

from django.urls import path

from . import developer_views as views

urlpatterns = [
    path("developpeurs/", views.quick_start, name="developers"),
    path("developpeurs/reference/", views.reference, name="developers-reference"),
    path("developpeurs/openapi.json", views.openapi, name="developers-openapi"),
]
