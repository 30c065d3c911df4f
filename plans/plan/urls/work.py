"""Route the working pages of plans and measures, below /pilotage/."""

from django.urls import path

from plans.plan.views import measures, moves, official_list, plans

urlpatterns = [
    path("plans/", plans.plan_list, name="plan-list"),
    path("plans/nouveau/", plans.plan_new, name="plan-new"),
    path("plans/<slug:code>/", plans.plan_detail, name="plan-detail"),
    path("plans/<slug:code>/modifier/", plans.plan_edit, name="plan-edit"),
    path("plans/<slug:code>/axes/", plans.plan_axes, name="plan-axes"),
    path("plans/<slug:code>/reprise/", plans.plan_carry, name="plan-carry"),
    path("plans/<slug:code>/en-preparation/", plans.plan_changes, name="plan-changes"),
    path("plans/<slug:code>/verification/", moves.plan_gate, name="plan-gate"),
    path("plans/<slug:code>/releve/", plans.plan_recorded, name="plan-recorded"),
    path("plans/<slug:code>/liste/", official_list.plan_import, name="plan-import"),
    path("plans/<slug:code>/etape/<slug:action>/", moves.plan_move, name="plan-move"),
    path("plans/<slug:code>/mesures/nouvelle/", measures.measure_new, name="measure-new"),
    path("mesures/<slug:code>/", measures.measure_detail, name="measure-detail"),
    path("mesures/<slug:code>/modifier/", measures.measure_edit, name="measure-edit"),
    path("mesures/<slug:code>/indicateurs/nouveau/", measures.measure_metric, name="metric-new"),
    path("mesures/<slug:code>/indicateurs/<int:pk>/", measures.measure_metric, name="metric-edit"),
    path("mesures/<slug:code>/indicateurs/<int:pk>/valeur/", measures.measure_value, name="metric-value"),
    path("mesures/<slug:code>/etapes/", measures.measure_steps, name="measure-steps"),
    path("mesures/<slug:code>/avancement/", measures.measure_progress, name="measure-progress"),
    path("mesures/<slug:code>/acte/", measures.measure_act, name="measure-act"),
]
