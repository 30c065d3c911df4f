"""Text messages for the duty list, by a provider behind HTTP. Off unless SMS_URL is set.

One POST a message: {"to": number, "text": text}, with the key by which the provider recognises the same message sent
again (Idempotency-Key). Any 2xx means taken. What is sent says that a message waits, and nothing else.
"""

import re

import requests
from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext

CONNECT, READ = 3.05, 10  # seconds: with the claim's lease, a provider that stalls holds up nobody for long


class NotTaken(Exception):
    """The provider did not take it: sent again later. Holds the status, never the number."""


def is_on() -> bool:
    return bool(settings.SMS_URL)


def text(language: str) -> str:
    """« Un message vous attend »: no name, no reference, no link."""
    with translation.override(language):
        return gettext("A message awaits you")


def dialled(number: str) -> str:
    """Digits as a provider wants them: what begins with a single 0 is a number of metropolitan France."""
    digits = re.sub(r"[^0-9+]", "", number)
    return f"+33{digits[1:]}" if re.fullmatch(r"0[1-9][0-9]{8}", digits) else digits


def send(number: str, key: str, language: str) -> None:
    """Raises NotTaken, or a requests exception; the caller logs neither the number nor the provider's words."""
    with requests.Session() as session:
        session.trust_env = False  # no proxy or password picked up from the machine
        answer = session.post(
            settings.SMS_URL,
            json={"to": dialled(number), "text": text(language)},
            headers={"Authorization": f"Bearer {settings.SMS_TOKEN}", "Idempotency-Key": key},
            timeout=(CONNECT, READ),
            allow_redirects=False,
        )
    if not 200 <= answer.status_code < 300:
        raise NotTaken(answer.status_code)
