"""Public pages, the home page, and error pages."""

from itertools import groupby

from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse, HttpResponseBadRequest, HttpResponseServerError
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from agencies.directory.display import described
from agencies.directory.rules import PARIS
from agencies.directory.selectors import last_numbers, spoken
from agencies.kept.rules import is_secret, texts, typed
from agencies.models import Helpline
from foundation.errors import BUSY_SECONDS
from foundation.styles.kept_pages import while_same
from plans.publication.display import navigation
from plans.publication.display.home import key_figures
from referral.desk.display.home import my_space
from referral.personal_data import display as personal_data_display

from . import display as public_display

# In the order in which somebody who needs help should read the numbers.
KINDS = {
    "emergency": _("Immediate danger"),
    "trafficking": _("Trafficking and forced labour"),
    "child": _("Children and teenagers"),
    "victim": _("Victims"),
    "housing": _("Shelter"),
    "health": _("Health"),
}


@login_not_required
@require_safe
@while_same(
    "agencies_helpline",
    "indicators_packfile",
    "plans_commitment",
    "plans_figureseries",
    "plans_plan",
    "plans_planversion",
    "plans_publicfigure",
)
def home(request):
    """Show a member what waits, and anybody else the first page of the site, which alone is kept."""
    if request.actor is not None:
        return render(request, "referral/public/home_member.html", my_space(request.actor))
    context = {"indicators_href": reverse("indicators:indicator-list"), "figures": key_figures()}
    return render(request, "referral/public/home.html", context)


@login_not_required
@require_safe
def help_numbers(request):
    order = list(KINDS)
    rows = [line for line in Helpline.objects.filter(active=True) if line.kind in KINDS]
    rows.sort(key=lambda line: order.index(line.kind))
    now = timezone.now()
    groups = [
        (KINDS[kind], [described(line, now) for line in lines]) for kind, lines in groupby(rows, lambda line: line.kind)
    ]
    unreviewed = any(line.reviewed_on is None for line in rows)
    context = {"groups": groups, "unreviewed": unreviewed, "at": date_format(now.astimezone(PARIS), gettext("H:i"))}
    return render(request, "referral/public/help.html", context)


@login_not_required
@require_safe
def witness(request):
    lines = Helpline.objects.filter(active=True, kind="child")
    return render(request, "referral/public/witness.html", {"child_lines": [spoken(line) for line in lines]})


@login_not_required
@require_safe
def sitemap(request):
    return render(
        request,
        "referral/public/sitemap.html",
        {"pages": public_display.public_pages(), "policy": navigation.parts("")},
    )


@login_not_required
@require_safe
def accessibility(request):
    return render(request, "referral/public/accessibility.html", public_display.declaration())


def _page(template: str):
    @login_not_required
    @require_safe
    def view(request):
        return render(request, f"referral/public/{template}.html")

    return view


discreet = _page("discreet")
legal = _page("legal")


@login_not_required
@require_safe
def personal_data(request):
    return render(request, "referral/public/personal_data.html", personal_data_display.page())


def bad_request(request, exception):
    return HttpResponseBadRequest(_plain("400.html"))


def server_error(request):
    """Answer an error with the id of its line in the logs, which a person can tell whoever helps."""
    return HttpResponseServerError(_plain("500.html", {"reference": getattr(request, "trace_id", "")}))


def busy(request):
    """Answer a request that waited for another session for too long: what was typed is there, to be sent again.

    A form with a password, or with a file, is opened again instead: neither is written into a page.
    """
    again = request.method == "POST" and not request.FILES and not any(map(is_secret, request.POST))
    fields = typed(request.POST) if again else []
    context = {"request": request, "again": fields, "fields": texts(fields)}
    context |= {"posted": request.method == "POST", "address": request.get_full_path()}
    return HttpResponse(_plain("busy.html", context), status=503, headers={"Retry-After": str(BUSY_SECONDS)})


def crowded(request, title, wait: int):
    """Answer a form that was not read, since too many came at once from the same place."""
    context = {"request": request, "title": title, "posted": True, "address": request.get_full_path()}
    return HttpResponse(_plain("busy.html", context), status=429, headers={"Retry-After": str(wait)})


def too_large(request):
    """Answer a body that was not read, since it is larger than any form of ours needs."""
    return HttpResponse(_plain("too_large.html", {"request": request}), status=413)


def _plain(template: str, context: dict | None = None) -> str:
    """Render a page without a query, since the database may have failed. The numbers are those last read."""
    return render_to_string(template, {"numbers": last_numbers(), **(context or {})})
