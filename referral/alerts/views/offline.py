"""Let a device write an alert without network, keep it encrypted, and send it once when the network is back.

The page, the practical sheets and the script are the same for all who read a language: no name, no token, no answer of
anybody is in what a device keeps of them.
"""

import hashlib
from datetime import date, datetime

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.db import transaction
from django.http import HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone, translation
from django.views.decorators.http import require_POST, require_safe

from agencies.directory.selectors import numbers_of_pages
from agencies.members.rules import WRITES
from foundation.words.languages import language_of
from foundation.workflow import NotAllowed
from indicators.sheets.selectors import sheet_book
from referral.alerts.forms.offline import offline_forms
from referral.alerts.forms.situation import DangerForm
from referral.alerts.operations import alerts
from referral.alerts.rules import AGREEMENT, REQUIRED, SIGNS, SITUATION, day_meant, device_mark
from referral.models import Alert

from .steps import FORMS, keep, posted_id

PAGE = "offline-page"
PAGE_SECONDS = 300
KEPT_FILES = ("repere/theme.js", "repere/site.js", "repere/outbox.js", "repere/offline.js", "repere/icon.svg")


@login_not_required
@require_safe
def page(request):
    """Show the page that a device keeps, with what waits to be sent."""
    return render(request, "referral/alerts/offline.html", _context())


def _context() -> dict:
    numbers = numbers_of_pages()
    urgent = [line for line in numbers if line["emergency"]]
    return {**offline_forms(), "required": REQUIRED, "emergency_numbers": urgent, "numbers_without_network": numbers}


@login_not_required
@require_safe
def service_worker(request):
    """Return the script that keeps the page and its files on the device; new when one of them is.

    Its address alone says the language: the browser asks for it again at any time, whoever is signed in by then.
    """
    language = language_of(request.path_info) or settings.LANGUAGE_CODE
    with translation.override(language):
        files = [static(name) for name in (*KEPT_FILES, _stylesheet())]
        context = {"page": reverse("offline"), "sheets": _sheets(), "files": files}
        context["version"] = cache.get_or_set(f"{PAGE}-{language}", _digest, PAGE_SECONDS)
        script = render_to_string("referral/alerts/service_worker.js", context)
    # it answers for every page, and may be asked for below /en/
    headers = {"Cache-Control": "no-cache", "Service-Worker-Allowed": "/"}
    return HttpResponse(script, "text/javascript", headers=headers)


def _sheets() -> list[str]:
    sheets = [reverse("sheets:detail", args=[code]) for code in sheet_book().sheets]
    return [reverse("sheets:list"), *sheets]


def _stylesheet() -> str:
    return "repere/site-state.css" if settings.STATE_IDENTITY else "repere/site.css"


def _digest() -> str:
    """Return what changes with the questions, the signs and the words that the page and the sheets show."""
    shown = [render_to_string("referral/alerts/_offline_body.html", _context())]
    shown += [render_to_string("indicators/sheets/_sheet.html", {"sheet": s}) for s in sheet_book().sheets.values()]
    return hashlib.sha256("".join(shown).encode()).hexdigest()[:16]


@login_not_required
@require_safe
def manifest(request):
    """Return what a phone needs to put the platform on its first screen."""
    icon = {"src": static("repere/icon.svg"), "sizes": "any", "type": "image/svg+xml", "purpose": "any"}
    said = {"name": "Repère", "short_name": "Repère", "lang": "fr", "id": "/", "start_url": "/", "scope": "/"}
    return JsonResponse(
        {**said, "display": "standalone", "background_color": "#ffffff", "theme_color": "#000091", "icons": [icon]},
        content_type="application/manifest+json",
    )


@require_safe
def ticket(request):
    """Return what a device needs to send: the token of the form, the membership, and whose alerts may leave now."""
    if not request.actor.has(*WRITES):
        raise NotAllowed("start")
    actor = request.actor
    return JsonResponse({"token": get_token(request), "membership": actor.pk, "mark": device_mark(actor)})


@require_POST
def deliver(request):
    """Send an alert that was written without network. Sent again at any time, it answers the same alert.

    Answers `sent` with its reference and page, `wrong` with the errors of a danger to correct on the device, or
    `draft` with the page where the rest is to be answered: what can be read is kept, and nobody was told.
    """
    draft_id = posted_id(request)
    if request.POST.get("kind") == "danger":
        form = DangerForm(request.POST)
        if not form.is_valid():
            return JsonResponse({"state": "wrong", "errors": {n: " ".join(e) for n, e in form.errors.items()}})
        return _sent(alerts.send_danger(request.actor, draft_id, form.kept()))
    with transaction.atomic():
        alert = alerts.start_draft(request.actor, draft_id=draft_id)
        if alert.state != Alert.State.DRAFT:
            return _sent(alert)
        for step in (SITUATION, SIGNS, AGREEMENT):
            form = FORMS[step](_as_written(request.POST), alert=alert)
            alert = keep(request.actor, form)
            if not form.complete:
                return JsonResponse({"state": "draft", "url": reverse("referral:alert-step", args=[alert.pk, step])})
        return _sent(alerts.send_alert(request.actor, alert.pk))


def _sent(alert: Alert) -> JsonResponse:
    url = reverse("referral:alert-received", args=[alert.pk])
    return JsonResponse({"state": "sent", "reference": alert.reference, "url": url})


def _as_written(posted):
    """Return the answers with « today » as the day they were written, and without an hour that has passed since."""
    answers, today = posted.copy(), timezone.localdate()
    try:
        written = date.fromisoformat(answers.get("written", ""))
    except ValueError:
        written = today
    if meant := day_meant(answers.get("when", ""), written, today):
        answers["when"], answers["when_date"] = "date", meant.isoformat()
    if _has_passed(answers.get("reachable_until", "")):
        answers["reachable_until"] = ""
    return answers


def _has_passed(until: str) -> bool:
    try:
        return datetime.fromisoformat(until) < timezone.localtime().replace(tzinfo=None)
    except ValueError:
        return False
