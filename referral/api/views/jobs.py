"""Exports of lists and imports of tables, as jobs of the worker: asked, followed, fetched, given up."""

import uuid

from django.http import HttpResponse
from django.urls import path
from django.utils.translation import gettext as now
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_view

from foundation.paging import Keyset
from foundation.workflow import NotAllowed, WrongState
from referral.api.forms import exports as export_acts
from referral.api.forms import imports as import_acts
from referral.api.middleware.authentication import SeesCases
from referral.api.rules import Problem
from referral.api.schema.document import lists, posts, reads
from referral.api.serializers import jobs as shown
from referral.api.serializers.alerts import Nothing
from referral.api.serializers.strict import JSON
from referral.exports import operations as exports
from referral.imports import operations as imports
from referral.imports import selectors as tables
from referral.imports import views as pages
from referral.imports.rules import FIELDS, IGNORED, naming, template_rows
from referral.models import CaseImport, Export

from .endpoints import Listed
from .things import Noun, ThingView

NEWEST = Keyset("at", "id")
EXPORT = Noun(
    "exports",
    "export",
    lambda actor, pk: exports.visible_export(actor, pk) if pk else None,
    readers={"get_export": lambda view, pk: ExportViews.show(view, view.request, pk)},
)


def _import(actor, pk) -> CaseImport | None:
    if not imports.may_import(actor):
        raise NotAllowed("import")
    return imports.visible_import(actor, pk) if pk else None


class TableJSON(JSON):
    """Parse a body as large as the largest table."""

    largest = import_acts.MOST_SIGNS + 1024


IMPORT = Noun(
    "imports",
    "import",
    _import,
    readers={"get_import": lambda view, pk: ImportViews.show(view, view.request, pk)},
    lock=lambda actor, pk: imports.visible_import(actor, pk, lock=True),
)


@extend_schema_view(list=lists("list_exports", _("Exports that you asked for, newest first"), tag="exports"))
class ExportList(Listed):
    permission_classes = [SeesCases]
    queryset = Export.objects.none()
    serializer_class = shown.ExportRow
    keyset = NEWEST
    kept = False
    ask_export = EXPORT.doing(export_acts.ASK)

    @staticmethod
    def rows(actor):
        return Export.objects.visible_to(actor)


class ExportViews(ThingView):
    @reads("get_export", _("Follow an export"), shown.ExportShown, tag="exports")
    def show(self, request, pk):
        actor = request.auth
        found = exports.visible_export(actor, pk)
        offered = EXPORT.offered(actor, found, export_acts.EXPORTS)
        ready = found.state == Export.State.READY
        found.actions = [*offered, *(["prepare_export", "fetch_export"] if ready else [])]
        return self.answer(shown.ExportShown, found)

    @posts(
        "prepare_export",
        _("Encrypt the file of an export under a new passphrase"),
        tag="exports",
        request=Nothing,
        response=shown.Prepared,
        description=_("The passphrase is shown once. Then `fetch_export`, within 60 seconds."),
    )
    def prepare(self, request, pk):
        self.body(Nothing)
        actor = request.auth
        exports.visible_export(actor, pk)
        taken = self.claim(uuid.uuid4())
        given = {"export": pk, "passphrase": None, "token": None, "left_out": None}
        if not taken.replayed:
            _found, given["passphrase"], given["token"], given["left_out"] = exports.prepare_archive(actor, pk)
        return self.answer(shown.Prepared, given, replayed=taken.replayed)

    @posts(
        "fetch_export",
        _("Fetch the file of an export, once"),
        tag="exports",
        request=export_acts.Link,
        response=OpenApiTypes.BINARY,
        kind="application/zip",
        description=_(
            "An encrypted ZIP; the platform keeps no copy. 409 when the 60 seconds are over: prepare it anew."
        ),
    )
    def fetch(self, request, pk):
        actor, said = request.auth, self.body(export_acts.Link).validated_data
        export = exports.visible_export(actor, pk)
        if self.claim(uuid.uuid4()).replayed:  # it was handed over, and is kept no more
            raise WrongState(export.state)
        export, archive = exports.fetch_archive(actor, pk, said["token"])
        answer = HttpResponse(archive, content_type="application/zip")
        answer["Content-Disposition"] = f'attachment; filename="export-{export.reference}.zip"'
        return answer


@extend_schema_view(list=lists("list_imports", _("Imports of your organisation, newest first"), tag="imports"))
class ImportList(Listed):
    permission_classes = [SeesCases]
    queryset = CaseImport.objects.none()
    serializer_class = shown.ImportRow
    parser_classes = [TableJSON]
    keyset = NEWEST
    kept = False
    start_import = IMPORT.doing(import_acts.START)

    @staticmethod
    def rows(actor):
        _import(actor, None)
        return CaseImport.objects.visible_to(actor).defer("content")


class ImportViews(ThingView):
    parameters = ("line",)

    @reads(
        "get_import",
        _("Follow an import: its columns, what is wrong in its lines, how far it is"),
        shown.ImportShown,
        _("The report changes nothing: it may be read as often as needed before the load. A hundred lines at once."),
        ("line",),
        tag="imports",
    )
    def show(self, request, pk):
        actor = request.auth
        made = _import(actor, pk)
        made.columns = made.faults = made.words = made.cases = made.next_line = made.worked_on = None
        _REPORTS.get(made.state, _nothing)(actor, made, _line_of(request))
        made.actions = IMPORT.offered(actor, made, import_acts.IMPORTS)
        return self.answer(shown.ImportShown, made)

    @reads(
        "get_import_template",
        _("Read which columns a table may have, with three fictitious lines"),
        shown.TemplateShown,
        tag="imports",
    )
    def template(self, request):
        _import(request.auth, None)
        return self.answer(shown.TemplateShown, {"columns": list(FIELDS.values()), "example": template_rows()[1]})


def _line_of(request) -> int:
    """Return the number of the line from which lines are shown."""
    asked = request.query_params.get("line", "0")
    if not (asked.isascii() and asked.isdecimal() and len(asked) <= 6):
        detail = now("Write the number of a line.")
        raise Problem("invalid", detail, [{"parameter": "line", "code": "invalid", "detail": detail}])
    return int(asked)


def _nothing(actor, made, since) -> None:
    """Show an import of which the state says all."""


def _columns(actor, made, since) -> None:
    content = made.content
    made.columns = [
        {"title": title, "meaning": content["matching"].get(str(n), IGNORED), "readable": not naming(title)}
        for n, title in enumerate(content["headers"])
    ]


def _report(actor, made, since) -> None:
    found = tables.faulty_lines(actor, made, since=since, most=tables.SHOWN + 1)
    made.faults = found[: tables.SHOWN]
    made.next_line = found[-1].number if len(found) > tables.SHOWN else None
    asked = made.content["words"][: pages.WORDS]
    made.words = [{"field": field, "text": text, "lines": count} for field, text, count in asked]


def _loaded(actor, made, since) -> None:
    found = tables.loaded_lines(actor, made, since=since, most=tables.SHOWN + 1)
    made.cases = found[: tables.SHOWN]
    made.next_line = found[-1].line if len(found) > tables.SHOWN else None
    made.worked_on = imports.cases_worked_on(actor, made.pk)


State = CaseImport.State
_REPORTS = {State.UPLOADED: _columns, State.MATCHED: _report, State.LOADED: _loaded}
URLS = [
    path("exports/", ExportList.as_view({"get": "list", "post": "ask_export"}), name="export-list"),
    path("exports/<uuid:pk>/", ExportViews.as_view({"get": "show"}), name="export-detail"),
    path("exports/<uuid:pk>/prepare/", ExportViews.as_view({"post": "prepare"}), name="export-prepare"),
    path("exports/<uuid:pk>/fetch/", ExportViews.as_view({"post": "fetch"}), name="export-fetch"),
    *EXPORT.addresses(export_acts.EXPORTS),
    path("imports/", ImportList.as_view({"get": "list", "post": "start_import"}), name="import-list"),
    path("imports/template/", ImportViews.as_view({"get": "template"}), name="import-template"),
    path("imports/<uuid:pk>/", ImportViews.as_view({"get": "show"}), name="import-detail"),
    *IMPORT.addresses(import_acts.IMPORTS),
]
