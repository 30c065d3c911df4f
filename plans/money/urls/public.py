"""Route the public pages of money, below /plan/moyens/."""

from django.urls import path

from plans.money.views import public as views

urlpatterns = [
    path("plan/moyens/", views.figures, name="money"),
    path("plan/moyens/annees/", views.years, name="money-years"),
    path("plan/moyens/sans-financement/", views.missing, name="money-missing"),
    path("plan/moyens/besoins/", views.needs, name="money-needs"),
    path("plan/moyens/<slug:code>/", views.envelope, name="money-envelope"),
]
