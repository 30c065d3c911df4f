"""Name the categories of data of a breach, and the reasons for which persons need not be informed."""

from django.utils.translation import pgettext_lazy

CATEGORIES = [
    ("identity", pgettext_lazy("breach", "Identity, photo, papers")),
    ("contact", pgettext_lazy("breach", "How to reach persons, places where they are")),
    ("story", pgettext_lazy("breach", "What persons told, signs, path")),
    ("health", pgettext_lazy("breach", "Health")),
    ("offence", pgettext_lazy("breach", "Presumed authors, complaints, offences")),
    ("residence", pgettext_lazy("breach", "Right to stay, asylum")),
    ("reference", pgettext_lazy("breach", "References of cases alone")),
    ("members", pgettext_lazy("breach", "Names, addresses or accounts of agents")),
]
# article 34(1) and (3) GDPR
NOT_INFORMED = [
    ("no_high_risk", pgettext_lazy("breach", "No high risk for the persons")),
    ("protected", pgettext_lazy("breach", "Nobody can read the data: they are encrypted, and the key is safe")),
    ("measures", pgettext_lazy("breach", "Measures taken since make the high risk no longer likely")),
    ("public", pgettext_lazy("breach", "Out of proportion: a public communication informs them as well")),
]
# what an entry says, in the order in which it is shown
SAID = {
    "nature": pgettext_lazy("breach", "What happened"),
    "categories": pgettext_lazy("breach", "Categories of data"),
    "persons": pgettext_lazy("breach", "Persons concerned, about"),
    "records": pgettext_lazy("breach", "Records concerned, about"),
    "effects": pgettext_lazy("breach", "Likely effects"),
    "measures": pgettext_lazy("breach", "Measures taken or proposed"),
    "number": pgettext_lazy("breach", "Number of the notification"),
    "late_reason": pgettext_lazy("breach", "Why after 72 hours"),
    "who": pgettext_lazy("breach", "Informed by"),
    "reason": pgettext_lazy("breach", "Reason"),
    "text": pgettext_lazy("breach", "In words"),
}
