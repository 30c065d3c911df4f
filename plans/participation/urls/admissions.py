"""Route the working pages of admissions, below /pilotage/."""

from django.urls import path

from plans.participation.views import admissions

urlpatterns = [
    path("organismes/", admissions.admission_list, name="admission-list"),
    path("organismes/proposer/", admissions.admission_new, name="admission-new"),
    path("organismes/<uuid:pk>/", admissions.admission, name="admission"),
    path("organismes/<uuid:pk>/code/", admissions.admission_code, name="admission-code"),
]
