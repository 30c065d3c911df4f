"""Show the mails of development, written to a folder instead of being sent.

The route exists in development only: it shows every mail to anybody.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from pathlib import Path

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_safe

RULE = b"\n" + b"-" * 79 + b"\n"  # written between two mails by Django's file backend
AT_MOST = 50


@dataclass(frozen=True)
class Mail:
    at: datetime
    to: str
    subject: str
    body: str


def newest_mails(folder: Path, at_most: int = AT_MOST) -> list[Mail]:
    """Return the last mails of the folder, newest first."""
    files = sorted(folder.glob("*.log"), key=lambda file: (file.stat().st_mtime, file.name), reverse=True)
    mails: list[Mail] = []
    for file in files:
        if len(mails) >= at_most:
            break
        mails += [_read(text) for text in reversed(file.read_bytes().split(RULE)) if text.strip()]
    return mails[:at_most]


def _read(text: bytes) -> Mail:
    message = message_from_bytes(text.lstrip(), policy=policy.default)
    date = message["Date"].datetime if message["Date"] else datetime.now(UTC)
    return Mail(date, str(message["To"] or ""), str(message["Subject"] or ""), message.get_content())


@require_safe
@login_not_required
def mailbox(request):
    return render(request, "dev/mailbox.html", {"mails": newest_mails(settings.MAILBOX_DIR)})


urlpatterns = [path("mails/", mailbox, name="mailbox")] if settings.DEVELOPMENT else []
