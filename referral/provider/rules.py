"""Say what of an answer of the provider counts, without a request."""

from dataclasses import dataclass

from django.conf import settings


class Refused(Exception):
    """Signal an answer that is none of the provider's to us, to this browser, or to this question."""


@dataclass(frozen=True)
class Shown:
    """Hold who the provider says is there. `strong`: two factors were shown to it; `at`: when, 0 when it does not say;
    `token`: what it said, to be handed back at the end."""

    subject: str
    strong: bool
    at: float
    token: str


def shown(claims: dict, token: str, *, since: float | None, now: float) -> Shown:
    """Return what a verified ID token says. Raises Refused, also for what was shown there before `since`."""
    subject, at = claims.get("sub"), claims.get("auth_time", 0)
    if not isinstance(subject, str) or not 0 < len(subject) <= 255 or isinstance(at, bool):
        raise Refused("subject")
    if since is not None and at < since:
        raise Refused("shown too long ago")
    methods = claims.get("amr") or []
    strong = bool(set(settings.OIDC.amr) & {m for m in methods if isinstance(m, str)}) or (
        isinstance(claims.get("acr"), str) and claims["acr"] in settings.OIDC.accepted
    )
    return Shown(subject, strong, min(at, now), token)
