from django.urls import path

from .views import signs

urlpatterns = [
    path("dossiers/<uuid:pk>/indices/", signs.case_signs, name="case-signs"),
]
