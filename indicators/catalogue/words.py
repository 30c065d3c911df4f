"""Word the reading rules of the catalogue for readers; the pack words them for programmers."""

from django.utils.translation import gettext_lazy as _

RULES = {
    "age_side": _(
        "A situation is read as that of an adult, of a child, or in doubt; a doubt and an unknown age are "
        "read as a child. A sign that applies to the other age group (adult or child) is kept but does not count, "
        "and the explanation says so. A group with one child is read as a child."
    ),
    "catalogue_first": _(
        "Each reading counts only the signs of the lists named under its title, and signs that say the same thing "
        "count once."
    ),
    "form_free": _("A sign always counts, whatever form of exploitation is written beside it."),
    "one_indicator_once": _(
        "A sign noted several times counts once; an answer that counts prevails over one that does not."
    ),
    "empty_condition": _(
        "A rule that names no dimension, such as “all other cases”, applies when no rule before it does."
    ),
    "low_result_per_ruleset": _(
        "On a short grid, “Not enough elements so far” reads “short grid, not conclusive”, reading by reading. As soon "
        "as a sign outside the short grid is noted, the result is that of the whole grid."
    ),
    "overrides_stand_apart": _(
        "What comes before any result never changes a result: the instruction is shown at the top, before the "
        "result, and says what to do."
    ),
    "refuse_unknown": _(
        "The pages of Repère offer only the indicators of this list. If a program sends another one, the assessment is "
        "not recorded, and the refusal says which."
    ),
    "versions": _(
        "An assessment keeps the version of the catalogue and of the grid it was made with; a draft begun "
        "before a new version keeps its own until it is sent."
    ),
    "replay": _(
        "When the age group changes, a new assessment replaces each sign with the matching one for the other age "
        "group, if there is one; the former assessment stays."
    ),
}


def in_words(rule) -> str:
    """Return the text of a reading rule, by default that of the pack."""
    return RULES.get(rule["code"], rule["text_fr"])
