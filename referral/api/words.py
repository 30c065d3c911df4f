"""What changed in the API, newest first, as its developers read it."""

from datetime import date

from django.utils.translation import gettext_lazy as _

CHANGES = (
    (
        date(2026, 11, 28),
        (
            _("Scopes of tokens: `read`, `alert`, `work`, `administer`. `referral` is gone: leave `scope` out."),
            _("A program may sign for its tokens in the place of a secret (`private_key_jwt`)."),
            _("Refused requests count in the quota too."),
            _("Test clients: a fictitious space of its own for each program (`Repere-Space: test`)."),
            _("Webhooks: your software is called when something happens."),
            _("Cases are read and worked in by sections; `record_identity` answers `case` in the place of the case."),
            _("Changes ask for `If-Match`: the `ETag` of what you read (428 without, 412 when it changed since)."),
            _("Refusals in English for `Accept-Language: en`; `RateLimit` on answers; no unknown name in a body."),
        ),
    ),
)
