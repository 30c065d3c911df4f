"""List choices of codes for the filters of lists."""

from .selectors import FORMS, choices


def forms_of_exploitation():
    return choices(FORMS)
