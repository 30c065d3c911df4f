from django.urls import path

from . import views

urlpatterns = [
    path("dossiers/<uuid:pk>/conservation/", views.case_keeping, name="case-keeping"),
    path("conservation/<uuid:pk>/", views.hold_detail, name="hold-detail"),
    path("requisitions/<uuid:pk>/conservation/", views.requisition_keeping, name="requisition-keeping"),
    path("conservation/", views.hold_list, name="hold-list"),
    path("effacements/", views.erasure_list, name="erasure-list"),
]
