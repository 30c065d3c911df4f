"""Route the files of open data: one stable address each, the same in every language."""

from django.urls import path

from plans.publication.views import data as views

app_name = "opendata"
urlpatterns = [
    path("<slug:code>.<slug:form>", views.file, name="file"),
    path("<slug:code>/datapackage.json", views.package, name="package"),
    path("<slug:code>/<slug:token>.<slug:form>", views.archive, name="archive"),
]
