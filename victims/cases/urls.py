from django.urls import path

from .views import signs

urlpatterns = [
    path("dossiers/<uuid:pk>/indices/", signs.case_signs, name="case-signs"),
    path("dossiers/<uuid:pk>/immunite/", signs.case_warn, name="case-warn"),
]
