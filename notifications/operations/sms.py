"""Send text messages to the duty list, by a provider over HTTP. Off unless SMS_URL is set.

One POST per message: {"to": number, "text": text}, with an Idempotency-Key by which the provider recognises a repeated
message. Any 2xx means accepted. The text only says that a message waits.
"""

import re

import requests
from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext

CONNECT, READ = 3.05, 10  # seconds, shorter than the lease: a slow provider blocks no worker for long


class NotTaken(Exception):
    """Signal that the provider did not accept the message: sent again later. Holds the status, never the number."""


def is_on() -> bool:
    return bool(settings.SMS_URL)


def text(language: str) -> str:
    """Return « Un message vous attend »: no name, no reference, no link."""
    with translation.override(language):
        return gettext("A message awaits you")


def international_number(number: str) -> str:
    """Return the number in the provider's format: a single leading 0 means metropolitan France."""
    digits = re.sub(r"[^0-9+]", "", number)
    return f"+33{digits[1:]}" if re.fullmatch(r"0[1-9][0-9]{8}", digits) else digits


def send(number: str, key: str, language: str) -> None:
    """Send one message. Raises NotTaken or a requests exception; the caller logs neither number nor response."""
    with requests.Session() as session:
        session.trust_env = False  # use no proxy or password configured on the machine
        answer = session.post(
            settings.SMS_URL,
            json={"to": international_number(number), "text": text(language)},
            headers={"Authorization": f"Bearer {settings.SMS_TOKEN}", "Idempotency-Key": key},
            timeout=(CONNECT, READ),
            allow_redirects=False,
        )
    if not 200 <= answer.status_code < 300:
        raise NotTaken(answer.status_code)
