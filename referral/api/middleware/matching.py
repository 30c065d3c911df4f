"""Tell a program which version it was shown (ETag), and refuse what it asks for another one (If-Match).

The tag is a keyed digest of what this program was shown, and of nothing else: it moves with what the program sees, and
says nothing to another one. Nothing is stored. Decision 72.
"""

from collections.abc import Callable, Mapping

from django.db import connection, transaction
from django.utils import translation
from django.utils.http import parse_etags
from django.utils.translation import gettext as _
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response

from foundation.encryption import digests
from referral.api.rules import Problem

ANY = "*"
LOCK = "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))"


def tags_of(actor, shown: str, data) -> list[str]:
    """Return the tag of what this member is shown, and the same under the former keys."""
    bound = "|".join([shown, str(actor.pk), translation.get_language()])
    said = bound.encode() + b"\0" + JSONRenderer().render(data)
    return [f'"{digest}"' for digest in digests("etag", said)]


def answered_tags(actor, response: Response) -> list[str]:
    """Return the tags of an answer of the API."""
    return tags_of(actor, getattr(response, "shown", ""), response.data)


def asked_tags(request) -> list[str]:
    """Return the tags of `If-Match`; none without the header. Raises Problem for what is no tag."""
    said = request.headers.get("If-Match")
    if said is None:
        return []
    found = parse_etags(said)
    if not found:
        detail = _("Send the `ETag` as it was given, with its quotation marks, or `*`.")
        raise Problem("invalid", detail, [{"header": "If-Match", "code": "invalid", "detail": detail}])
    return found


def is_known(request, tag: str) -> bool:
    """Return whether the program says by `If-None-Match` that it has this version."""
    found = parse_etags(request.headers.get("If-None-Match", ""))
    return any(one in (ANY, tag, f"W/{tag}") for one in found)


def missing(of: str) -> Problem:
    words = _("Send in `If-Match` the `ETag` that `%(of)s` answered, so that nothing is changed that you did not read.")
    detail = words % {"of": of}
    return Problem("if-match-missing", detail, [{"header": "If-Match", "code": "required", "detail": detail}])


def hold(key: str) -> None:
    """Let one program at a time change this thing, until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute(LOCK, [f"if-match {key}"])


def require_match(actor, asked: list[str], current: Callable[..., Response], kwargs: Mapping) -> None:
    """Raise Problem unless what the program would be shown now has one of these tags. Reads it and leaves no trace."""
    with transaction.atomic():
        tags = answered_tags(actor, current(**kwargs))
        transaction.set_rollback(True)  # nothing was shown: no entry of the journal, nothing counted
    # what was compressed on its way has a weak tag (RFC 9110, 8.8.1): ours is of the content, which is the same
    if not set(tags) & {one.removeprefix("W/") for one in asked}:
        raise Problem("changed", _("It changed since you read it: read it again, then decide. Nothing was changed."))
