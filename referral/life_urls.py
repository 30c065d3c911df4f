"""Addresses of a case's working sections: its state, the thread, notes, needs, persons and cases linked, papers."""

from django.urls import path

from . import close_views, life_views, needs_views, secret_views, timeline_views

urlpatterns = [
    path("dossiers/<uuid:pk>/etat/", life_views.case_life_page, name="case-life"),
    path("dossiers/<uuid:pk>/clore/", life_views.case_close, name="case-close"),
    path("dossiers/<uuid:pk>/besoins/", needs_views.case_needs, name="case-needs"),
    path("besoins/<uuid:pk>/", needs_views.need_detail, name="need-detail"),
    path("actions/<uuid:pk>/fait/", needs_views.action_done, name="action-done"),
    path("dossiers/<uuid:pk>/liens/", close_views.case_links_page, name="case-links"),
    path("personnes-liees/<uuid:pk>/", close_views.linked_person, name="linked-person"),
    path("dossiers/<uuid:pk>/pieces/", close_views.case_papers, name="case-papers"),
    path("pieces/<uuid:pk>/", close_views.paper_detail, name="paper-detail"),
    path("dossiers/<uuid:pk>/fil/", timeline_views.case_timeline, name="case-timeline"),
    path("dossiers/<uuid:pk>/fil/chercher/", timeline_views.timeline_search, name="timeline-search"),
    path("fil/<uuid:pk>/", timeline_views.timeline_entry, name="timeline-entry"),
    path("fil/<uuid:pk>/corriger/", timeline_views.timeline_correct, name="timeline-correct"),
    path("dossiers/<uuid:pk>/notes-sous-secret/", secret_views.case_secrets, name="case-secrets"),
    path("notes-sous-secret/", secret_views.secret_list, name="secret-list"),
    path("notes-sous-secret/<uuid:pk>/", secret_views.secret_note, name="secret-note"),
]
