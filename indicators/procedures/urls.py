from django.urls import path

from . import views as procedures_views

app_name = "procedures"
urlpatterns = [
    path("", procedures_views.procedure_start, name="start"),
    path("textes/", procedures_views.text_list, name="text-list"),
    path("<slug:procedure>/", procedures_views.procedure_detail, name="detail"),
    path("<slug:who>/<slug:whom>/", procedures_views.procedure_list, name="list"),
]
