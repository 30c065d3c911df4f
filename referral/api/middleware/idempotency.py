"""Implement `Idempotency-Key`: a repeated request has the effect of one.

Only a digest of the request and the id of what it made are kept, for seven days. The response to a replay is built from
the current state, so that no content is stored twice.
"""

import hashlib
import json
import re
import uuid
from dataclasses import dataclass, replace

from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from foundation.encryption import digests
from referral.api.rules import Problem
from referral.models import ClientKey

SHAPE = re.compile(r"[!-~]{8,80}")


@dataclass(frozen=True)
class Claim:
    made: uuid.UUID
    replayed: bool
    row: int = 0  # of the key

    def keep(self, made: uuid.UUID) -> "Claim":
        """Return the claim with the id that the work gave what it made: a replay names it."""
        ClientKey.objects.filter(pk=self.row).update(made=made)
        return replace(self, made=made)


def claim(request, made: uuid.UUID) -> Claim:
    """Claim the key of this request for `made`, or return what the same request made before.

    The row is written before the work, in its transaction: a concurrent request waits for it, then reads it; a rollback
    releases the key. Raises Problem without a key, or when it was used for another request.
    """
    key = request.headers.get("Idempotency-Key", "")
    if not SHAPE.fullmatch(key):
        detail = _("Send the header `Idempotency-Key`: 8 to 80 visible characters, a new one for each request.")
        raise Problem("idempotency-key-missing", detail, [{"header": "Idempotency-Key", "detail": detail}])
    route, known_as = request.resolver_match.view_name, _digests(request)
    ClientKey.objects.filter(membership=request.auth, at__lt=timezone.now() - ClientKey.KEPT).delete()
    try:
        with transaction.atomic():
            row = ClientKey.objects.create(membership=request.auth, route=route, key=key, digest=known_as[0], made=made)
    except IntegrityError:
        known = ClientKey.objects.get(membership=request.auth, route=route, key=key)
        if known.digest not in known_as:
            raise Problem(
                "idempotency-key-reused",
                _("This key came with another request in the last seven days. Nothing was recorded."),
                [{"header": "Idempotency-Key", "detail": _("Use a new key.")}],
            ) from None
        return Claim(known.made, replayed=True)
    return Claim(made, replayed=False, row=row.pk)


def said_before(request, taken: Claim) -> bool:
    """Return whether this program sent this body before under another key, for what the claim names."""
    others = ClientKey.objects.filter(membership=request.auth, made=taken.made).exclude(pk=taken.row)
    return others.filter(digest__in=_digests(request)).exists()


def _file(sent: UploadedFile) -> str:
    """Return what stands for a file in a digest: that of its bytes."""
    sent.seek(0)
    said = hashlib.sha256(sent.read()).hexdigest()
    sent.seek(0)
    return said


def _digests(request) -> list[str]:
    """Return the digests, the one to store first, of address and body as data, whatever spaces and order of names."""
    said = json.dumps([request.path, request.data], sort_keys=True, separators=(",", ":"), default=_file)
    # keyed: the plain digest of a body with a name could be guessed by readers of the table
    return digests("idempotency", said)
