"""List on which ground a report to the prosecutor is made, how, and what an adult says of it.

Code of criminal procedure, article 40 (public officials); criminal code, articles 434-1, 434-3 (neither obliges whoever
is bound by secrecy), 226-14 (lifts that secrecy) and 223-6. For whoever helps an adult: with her agreement, or on
another of these grounds.
"""

from django.db.models import TextChoices
from django.utils.translation import pgettext_lazy


class Decision(TextChoices):
    MADE = "made", pgettext_lazy("report to the prosecutor", "Made")
    NOT_MADE = "not_made", pgettext_lazy("report to the prosecutor", "Not made")


class Agreement(TextChoices):
    YES = "yes", pgettext_lazy("report to the prosecutor", "Yes, once it was explained")
    NO = "no", pgettext_lazy("report to the prosecutor", "No")
    NOT_ASKED = "not_asked", pgettext_lazy("report to the prosecutor", "Not asked")


class Ground(TextChoices):
    AGREEMENT = "agreement", pgettext_lazy("report to the prosecutor", "Agreement of the person")
    DANGER = (
        "danger",
        pgettext_lazy(
            "report to the prosecutor",
            "A person in peril, or a crime or offence against their bodily integrity to prevent (criminal code,"
            " article 223-6)",
        ),
    )
    ARTICLE_40 = (
        "article_40",
        pgettext_lazy("report to the prosecutor", "Public official (code of criminal procedure, article 40)"),
    )
    ARTICLE_434_1 = (
        "article_434_1",
        pgettext_lazy(
            "report to the prosecutor",
            "A crime that may still be prevented or limited (criminal code, article 434-1;"
            " does not bind who is bound by secrecy)",
        ),
    )
    ARTICLE_434_3 = (
        "article_434_3",
        pgettext_lazy(
            "report to the prosecutor",
            "A child, or a person who cannot protect themselves, ill-treated or sexually abused (criminal code,"
            " article 434-3; does not bind who is bound by secrecy)",
        ),
    )
    ARTICLE_226_14 = (
        "article_226_14",
        pgettext_lazy(
            "report to the prosecutor",
            "Bound by secrecy: a child, or a person who cannot protect themselves, deprived, ill-treated or abused"
            " (criminal code, article 226-14)",
        ),
    )


class Way(TextChoices):
    CALLED_WRITTEN = (
        "called_written",
        pgettext_lazy("report to the prosecutor", "By telephone to the prosecutor on duty, then in writing"),
    )
    WRITTEN = "written", pgettext_lazy("report to the prosecutor", "In writing")
    CALLED = "called", pgettext_lazy("report to the prosecutor", "By telephone only")
    SUPERIOR = "superior", pgettext_lazy("report to the prosecutor", "Through one's superiors")
