"""Declare row security of the mandate: public, given and ended by the platform administrator only."""

from foundation.walls import Wall

ADMINISTERS = (
    "EXISTS (SELECT 1 FROM agencies_membership m"
    " WHERE m.id = NULLIF(current_setting('nrm.membership', true), '')::bigint"
    " AND m.active AND 'platform_admin' = ANY(m.roles))"
)
WALLS = [
    Wall(
        "plans_mandate",
        select="true",
        insert=ADMINISTERS,
        update=ADMINISTERS,
        rights='SELECT, INSERT, UPDATE ("end", contact, edited_at, annulled_on, annulled_reason)',
    ),
]
