"""Show open data: the list, a dataset with its archive, and the files."""

import json

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.http import http_date, quote_etag
from django.views.decorators.http import require_safe

from plans.models import DatasetRelease
from plans.publication.operations.opendata import archived, latest
from plans.publication.rules import opendata

TYPES = {"csv": "text/csv; charset=utf-8", "json": "application/json; charset=utf-8"}
FOR_EVER = 31536000


@login_not_required
@require_safe
def data(request):
    found = [(dataset, latest(dataset)) for dataset in opendata.datasets().values()]
    return render(request, "plans/publication/public/data.html", {"datasets": found, "licence": opendata.LICENCE})


@login_not_required
@require_safe
def dataset(request, code):
    found = known(code)
    releases = DatasetRelease.objects.filter(dataset=code).defer("csv", "json")
    context = {
        "dataset": found,
        "release": latest(found),
        "archive": Paginator(releases, 30).get_page(request.GET.get("page")),
        "licence": opendata.LICENCE,
        "site": settings.SITE_URL,
    }
    return render(request, "plans/publication/public/dataset.html", context)


@login_not_required
@require_safe
def file(request, code, form):
    return handed_over(request, latest(known(code)), form, 60)


@login_not_required
@require_safe
def archive(request, code, token, form):
    known(code)
    release = archived(code, token)
    if release is None:
        raise Http404
    # a numbered release never changes; the last one of a day may
    return handed_over(request, release, form, FOR_EVER if token.isdigit() else 60)


@login_not_required
@require_safe
def package(request, code):
    found = known(code)
    release = latest(found)

    def address(form):
        return settings.SITE_URL + reverse("opendata:archive", args=[code, release.number, form])

    text = json.dumps(opendata.package(found, release, address), ensure_ascii=False, indent=1)
    return opened(HttpResponse(text, content_type=TYPES["json"]))


def known(code) -> opendata.Dataset:
    """Return the dataset of this code. Raises Http404."""
    found = opendata.datasets().get(code)
    if found is None:
        raise Http404
    return found


def handed_over(request, release, form, seconds) -> HttpResponse:
    """Return a released file, with its checksum as ETag: an unchanged file is not sent again."""
    if form not in TYPES:
        raise Http404
    etag = quote_etag(getattr(release, f"{form}_sha256"))
    response = HttpResponse(bytes(getattr(release, form)), content_type=TYPES[form])
    response["ETag"] = etag
    response["Last-Modified"] = http_date(release.at.timestamp())
    response["Cache-Control"] = f"public, max-age={seconds}"
    response["Content-Disposition"] = f'inline; filename="{opendata.file_name(release.dataset, release.number, form)}"'
    return get_conditional_response(request, etag=etag, response=opened(response))


def opened(response) -> HttpResponse:
    """Allow other sites to read it (CORS): open data, without cookies."""
    response["Access-Control-Allow-Origin"] = "*"
    return response
