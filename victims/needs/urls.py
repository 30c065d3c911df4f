from django.urls import path

from . import views

urlpatterns = [
    path("dossiers/<uuid:pk>/besoins/", views.case_needs, name="case-needs"),
    path("besoins/<uuid:pk>/", views.need_detail, name="need-detail"),
    path("actions/<uuid:pk>/fait/", views.action_done, name="action-done"),
]
