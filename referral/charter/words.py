"""What everybody accepts before working here. The coordination body validates the text before it is in service.

A sentence that changes takes another version, and everybody is asked again: `tests/agencies/accounts/test_charter.py`
holds the digest of each version.
"""

from django.utils.translation import gettext_lazy as _

VERSION = "3"
CHARTER = [
    (
        _("I open what my work asks for"),
        _(
            "To be able to open a case is not enough: I need it for this person, today. I look up no relative, no"
            " neighbour, nobody of whom the press speaks."
        ),
    ),
    (
        _("What I do is written down"),
        _(
            "Each page of a case that I open enters a journal that nobody can change. The service in charge of the case"
            " sees who opened it. Auditors read the journal: what each user did, and on which case, without a name or"
            " content."
        ),
    ),
    (
        _("My account is mine"),
        _("I lend neither password nor second factor. I sign out when I leave, on a shared computer above all."),
    ),
    (
        _("What I read stays here"),
        _(
            "No photo of the screen, no copy in an e-mail, in a messaging application or in a file of my own. What"
            " another service needs, I send as a request, of which the person knows."
        ),
    ),
    (
        _("I write facts, and where they come from"),
        _("What I saw, what I was told and by whom. The person may one day read what I write of her."),
    ),
    (
        _("I contact the person as she asked"),
        _("By the safe way, at the hours that she gave. A message at the wrong moment may put her in danger."),
    ),
    (
        _("Help depends on nothing"),
        _("Neither on a complaint, nor on papers, nor on a score: signs help me to think, and decide nothing for me."),
    ),
    (
        _("A danger to life begins with a call"),
        _("17, 112 or 15, and 119 for a child. Repère comes after: it replaces no emergency number."),
    ),
    (
        _("I say at once what went wrong"),
        _(
            "A wrong addressee, a lost phone, an access too many, something I should not have seen: I report it"
            " at once by “Report a data breach”, and tell whoever manages the access of my organisation, unless they"
            " may be involved. Nobody is blamed for having said it."
        ),
    ),
    (
        _("I say when I leave"),
        _("When I change post, whoever manages access closes mine."),
    ),
]
