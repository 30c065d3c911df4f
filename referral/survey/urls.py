from django.urls import path

from . import views

urlpatterns = [
    path("nos-donnees/", views.own_data, name="own-data"),
    path("nos-donnees/enquete/<int:year>/transmettre/", views.survey_send, name="survey-send"),
    path("nos-donnees/enquete.csv", views.survey_file, {"kind": "csv"}, name="survey-csv"),
    path("nos-donnees/enquete.xlsx", views.survey_file, {"kind": "xlsx"}, name="survey-xlsx"),
    path("nos-donnees/enquete.ods", views.survey_file, {"kind": "ods"}, name="survey-ods"),
]
