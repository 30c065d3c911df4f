"""Route the public pages of plans. Included last: the code of a plan takes the place of other subjects' words."""

from django.urls import path

from plans.plan.views import public as views

urlpatterns = [
    path("plan/<slug:code>/", views.plan, name="plan"),
    path("plan/<slug:code>/mesures/<slug:measure>/", views.measure, name="measure"),
    path("plan/<slug:code>/annees/", views.years, name="plan-years"),
    path("plan/<slug:code>/versions/", views.versions, name="versions"),
    path("plan/<slug:code>/versions/<int:number>/", views.version, name="version"),
    path("plan/<slug:code>/versions/<int:number>/changements/", views.differences, name="version-changes"),
]
