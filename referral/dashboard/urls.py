from django.urls import path

from . import views

urlpatterns = [
    path("tableau-de-bord/", views.dashboard, name="dashboard"),
    path("tableau-de-bord/national/", views.national, name="dashboard-national"),
    path("tableau-de-bord/a-transmettre/", views.shared, name="dashboard-shared"),
    path("tableau-de-bord/a-transmettre.csv", views.shared_file, {"kind": "csv"}, name="dashboard-csv"),
    path("tableau-de-bord/a-transmettre.ods", views.shared_file, {"kind": "ods"}, name="dashboard-ods"),
]
