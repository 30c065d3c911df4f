"""Plans and measures at work, below /pilotage/."""

from django.urls import path

from . import plan_import_views, plan_measure_views, plan_move_views, plan_views

urlpatterns = [
    path("plans/", plan_views.plan_list, name="plan-list"),
    path("plans/nouveau/", plan_views.plan_new, name="plan-new"),
    path("plans/<slug:code>/", plan_views.plan_detail, name="plan-detail"),
    path("plans/<slug:code>/modifier/", plan_views.plan_edit, name="plan-edit"),
    path("plans/<slug:code>/axes/", plan_views.plan_axes, name="plan-axes"),
    path("plans/<slug:code>/reprise/", plan_views.plan_carry, name="plan-carry"),
    path("plans/<slug:code>/en-preparation/", plan_views.plan_changes, name="plan-changes"),
    path("plans/<slug:code>/verification/", plan_move_views.plan_gate, name="plan-gate"),
    path("plans/<slug:code>/liste/", plan_import_views.plan_import, name="plan-import"),
    path("plans/<slug:code>/etape/<slug:action>/", plan_move_views.plan_move, name="plan-move"),
    path("plans/<slug:code>/mesures/nouvelle/", plan_measure_views.measure_new, name="measure-new"),
    path("mesures/<slug:code>/", plan_measure_views.measure_detail, name="measure-detail"),
    path("mesures/<slug:code>/modifier/", plan_measure_views.measure_edit, name="measure-edit"),
    path("mesures/<slug:code>/indicateurs/nouveau/", plan_measure_views.measure_metric, name="metric-new"),
    path("mesures/<slug:code>/indicateurs/<int:pk>/", plan_measure_views.measure_metric, name="metric-edit"),
    path("mesures/<slug:code>/indicateurs/<int:pk>/valeur/", plan_measure_views.measure_value, name="metric-value"),
    path("mesures/<slug:code>/etapes/", plan_measure_views.measure_steps, name="measure-steps"),
    path("mesures/<slug:code>/avancement/", plan_measure_views.measure_progress, name="measure-progress"),
    path("mesures/<slug:code>/acte/", plan_measure_views.measure_act, name="measure-act"),
]
