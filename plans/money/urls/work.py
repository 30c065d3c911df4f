"""Route the working pages of money, below /pilotage/moyens/."""

from django.urls import path

from plans.money.views import campaigns as yearly
from plans.money.views import envelopes as views
from plans.money.views import overlaps

urlpatterns = [
    path("moyens/", views.home, name="money"),
    path("moyens/montants/", views.lines, name="money-lines"),
    path("moyens/montants/verifier/", views.check_all, name="money-check-all"),
    path("moyens/montants/<int:pk>/corriger/", views.correct, name="money-correct"),
    path("moyens/montants/<int:pk>/avis/", views.review, name="money-review"),
    path("moyens/campagnes/", yearly.campaign_list, name="money-campaign-list"),
    path("moyens/campagnes/<int:pk>/", yearly.campaign, name="money-campaign"),
    path("moyens/campagnes/<int:pk>/grille/", yearly.campaign_grid, name="money-campaign-grid"),
    path("moyens/campagnes/<int:pk>/coller/", yearly.campaign_paste, name="money-campaign-paste"),
    path("moyens/campagnes/<int:pk>/tableau.csv", yearly.campaign_table, name="money-campaign-table"),
    path("moyens/campagnes/<int:pk>/confier/", yearly.campaign_give, name="money-campaign-give"),
    path("moyens/nouvelle/", views.new, name="money-new"),
    path("moyens/<slug:code>/", views.envelope, name="money-envelope"),
    path("moyens/<slug:code>/modifier/", views.edit, name="money-edit"),
    path("moyens/<slug:code>/montant/", views.line, name="money-line"),
    path("moyens/<slug:code>/recoupements/", overlaps.overlaps, name="money-overlaps"),
    path("moyens/<slug:code>/beneficiaire/", views.beneficiary, name="money-beneficiary"),
    path("moyens/<slug:code>/beneficiaire/<int:pk>/", views.beneficiary_correct, name="money-beneficiary-correct"),
]
