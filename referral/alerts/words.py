"""Define closed lists of answers of an alert, with their text."""

from django.utils.translation import pgettext_lazy

from victims.cases.words import MINOR

DANGER = MINOR[:2]
LABOUR = "labour_exploitation"  # code of the form
AGREEMENT = [
    ("yes", pgettext_lazy("alert", "Yes, the person agrees")),
    ("no", pgettext_lazy("alert", "No, the person refuses")),
    ("not_asked", pgettext_lazy("alert", "Not asked")),
]
RECIPIENTS = [
    ("association", pgettext_lazy("alert", "An association, for help")),
    ("contact", pgettext_lazy("alert", "To be contacted again")),
    ("police", pgettext_lazy("alert", "Tell the police or the gendarmerie")),
]
