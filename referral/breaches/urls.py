from django.urls import path

from . import views

urlpatterns = [
    path("violations/", views.breach_list, name="breach-list"),
    path("violations/signaler/", views.breach_new, name="breach-new"),
    path("violations/<uuid:pk>/", views.breach, name="breach"),
]
