"""Documents of a case: their list, adding one, its content, taking one back. Never those under professional secrecy."""

import uuid

from django.http import HttpResponse
from django.urls import path
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as now
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from foundation.errors import Crowded, NotFound
from foundation.files.cleaning import FileRefused
from foundation.paging import BadCursor, Keyset
from referral.api.forms import files as acts
from referral.api.rules import Problem
from referral.api.schema.document import fetches, posts
from referral.api.serializers.sections.base import Done
from referral.api.serializers.sections.files import FileShown
from referral.api.serializers.strict import OneFile
from victims.cases.views.frame import open_section
from victims.files import operations as files
from victims.files.access import files_of, visible_file
from victims.files.rules import file_name

from .base import Reading, SectionView

NEWEST = Keyset("at", "id")
HEADERS = {"Content-Security-Policy": "sandbox; default-src 'none'", "X-Content-Type-Options": "nosniff"}
WAIT = 5  # seconds after which a second document of the same program may come


def _files(actor, access, request) -> dict:
    """Return one page of the documents that the program sees, newest first."""
    rows = files_of(actor, access.case_id).filter(secret=False)
    try:
        page = NEWEST.page(rows, request.query_params.get("cursor", ""))
    except BadCursor as error:
        detail = now("Take the cursor from `next`, as it is.")
        raise Problem("invalid", detail, [{"parameter": "cursor", "code": "not_given", "detail": detail}]) from error
    return {"documents": page.rows, "next": page.next}


class Documents(SectionView):
    parser_classes = [OneFile]

    @posts(
        "add_file",
        _("Add a document to a case"),
        tag="cases",
        request={"multipart/form-data": acts.AddFile},
        response=Done,
        description=_(
            "One file of 15 MB at most, sent as multipart/form-data: a picture, a PDF or a plain text. It is made anew"
            " without what it hides, and read by nobody before it was scanned. 429 for the next one while one of yours"
            " is made anew, beyond 40 an hour, and in a case that holds 200."
        ),
    )
    def add(self, request, pk):
        said, actor = self.body(acts.AddFile).validated_data, request.auth
        _section, access = open_section(actor, pk, "files")
        taken = self.claim(uuid.uuid4())
        if not taken.replayed:
            taken = taken.keep(_added(actor, access.case_id, **said).pk)
        return self.answer(Done, {"made": taken.made, "case": access.case_id}, replayed=taken.replayed)


def _added(actor, case_id, *, file, sort, title, place=None):
    """Add a document; raise a refusal that says what to do."""
    given = {"sort": sort, "title": title, "place": acts.place_of(sort, place), "token": uuid.uuid4()}
    try:
        return files.add_file(actor, case_id, content=file.read(), name=file.name, **given)
    except FileRefused as refused:
        detail = str(refused)
        if refused.code == "too_large":
            raise Problem("too-large", detail) from refused
        errors = [{"pointer": "#/file", "code": refused.code, "detail": detail}]
        raise Problem("invalid", detail, errors) from refused
    except Crowded as crowded:
        raise Problem("too-many-requests", now("Another document of yours is being checked."), wait=WAIT) from crowded
    except files.Full as full:
        raise Problem("too-many-requests", now("This case holds 200 documents, the most it may."), wait=3600) from full
    except files.Closed as closed:
        raise Problem("busy", str(closed)) from closed


class Content(SectionView):
    @fetches(
        "download_file",
        _("Read the content of a document"),
        _("Counts as the reading of an identity. 409 while it is being checked, and once it is over."),
    )
    def content(self, request, pk, thing):
        actor = request.auth
        open_section(actor, pk, "files")
        found = visible_file(actor, thing)
        if found.case_id != pk or found.secret:
            raise NotFound
        found, content = files.take_out(actor, thing)
        # what it is stands in the list: nothing that fetches it is led to show it
        answer = HttpResponse(content, content_type="application/octet-stream", headers=HEADERS)
        answer["Content-Disposition"] = content_disposition_header(True, file_name(found))
        return answer


READINGS = [
    Reading(
        "files",
        "documents",
        "get_files",
        _("Read which documents a case holds, newest first"),
        {
            "documents": FileShown(many=True),
            "next": serializers.CharField(help_text=_("Cursor of the older entries, empty at the end.")),
        },
        _files,
        acts.FILES,
        description=_("As far as your agency holds their category; none under professional secrecy."),
        parameters=("cursor",),
    )
]
URLS = [
    path("cases/<uuid:pk>/documents/add/", Documents.as_view({"post": "add"}), name="case-documents-add"),
    path(
        "cases/<uuid:pk>/documents/<uuid:thing>/content/",
        Content.as_view({"get": "content"}),
        name="case-documents-content",
    ),
]
