from django.urls import path

from . import views

urlpatterns = [
    path("dossiers/<uuid:pk>/fil/", views.case_timeline, name="case-timeline"),
    path("dossiers/<uuid:pk>/fil/chercher/", views.timeline_search, name="timeline-search"),
    path("fil/<uuid:pk>/", views.timeline_entry, name="timeline-entry"),
    path("fil/<uuid:pk>/corriger/", views.timeline_correct, name="timeline-correct"),
]
