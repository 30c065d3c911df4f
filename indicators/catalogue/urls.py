from django.urls import path

from . import views

app_name = "indicators"
urlpatterns = [
    path("", views.indicator_list, name="indicator-list"),
    path("<slug:code>/", views.dimension_detail, name="dimension-detail"),
]
