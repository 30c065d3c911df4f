from django.urls import path

from . import views

urlpatterns = [
    path("dossiers/<uuid:pk>/liens/", views.case_links_page, name="case-links"),
    path("personnes-liees/<uuid:pk>/", views.linked_person, name="linked-person"),
    path("dossiers/<uuid:pk>/pieces/", views.case_papers, name="case-papers"),
    path("pieces/<uuid:pk>/", views.paper_detail, name="paper-detail"),
]
