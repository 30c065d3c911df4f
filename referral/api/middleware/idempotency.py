"""`Idempotency-Key`: a request sent again, after a cut line or a restart, has the effect of one.

Only a digest of the request and the id of what it made are kept, for seven days. The answer to a replay is made
anew from that thing as it is now, so that no content lies in a second place.
"""

import json
import re
import uuid
from dataclasses import dataclass
from datetime import timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from referral.api.rules import Problem
from referral.models import ClientKey

KEPT = timedelta(days=7)
SHAPE = re.compile(r"[!-~]{8,80}")


@dataclass(frozen=True)
class Claim:
    made: uuid.UUID
    replayed: bool


def claim(request, made: uuid.UUID) -> Claim:
    """Take the key of this request for `made`, or say what the same request made before.

    The row is written before the work, in its transaction: a twin request waits for it, then reads it. When the
    work is refused, the rollback gives the key back. Raises Problem without a key, or with one used otherwise.
    """
    key = request.headers.get("Idempotency-Key", "")
    if not SHAPE.fullmatch(key):
        detail = _("Send the header `Idempotency-Key`: 8 to 80 visible characters, a new one for each request.")
        raise Problem("idempotency-key-missing", detail, [{"header": "Idempotency-Key", "detail": detail}])
    route, digest = request.resolver_match.view_name, _digest(request)
    ClientKey.objects.filter(membership=request.auth, at__lt=timezone.now() - KEPT).delete()
    try:
        with transaction.atomic():
            ClientKey.objects.create(membership=request.auth, route=route, key=key, digest=digest, made=made)
    except IntegrityError:
        known = ClientKey.objects.get(membership=request.auth, route=route, key=key)
        if known.digest != digest:
            raise Problem(
                "idempotency-key-reused",
                _("This key came with another request in the last seven days. Nothing was recorded."),
                [{"header": "Idempotency-Key", "detail": _("Use a new key.")}],
            ) from None
        return Claim(known.made, replayed=True)
    return Claim(made, replayed=False)


def _digest(request) -> str:
    """Of the address and the body as data: spaces and the order of names do not count."""
    said = json.dumps([request.path, request.data], sort_keys=True, separators=(",", ":"))
    # keyed: a bare digest of a body that holds a name could be guessed by whoever reads the table
    return salted_hmac("idempotency", said, algorithm="sha256").hexdigest()
