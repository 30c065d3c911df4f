from django.urls import path

from . import procedure_views

app_name = "procedures"
urlpatterns = [
    path("", procedure_views.procedure_start, name="start"),
    path("textes/", procedure_views.text_list, name="text-list"),
    path("<slug:procedure>/", procedure_views.procedure_detail, name="detail"),
    path("<slug:who>/<slug:whom>/", procedure_views.procedure_list, name="list"),
]
