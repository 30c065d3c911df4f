"""Reading that is no section by itself: words searched in a thread, an agreement as it is printed for the person."""

from django.urls import path
from django.utils.translation import gettext as now
from django.utils.translation import gettext_lazy as _

from foundation.errors import NotFound
from referral.api.forms.follow_up import WORDS, words_of
from referral.api.rules import READ, Problem
from referral.api.schema.document import asks, reads
from referral.api.serializers.desks import FoundShown, SheetShown
from victims.cases.access import read_case
from victims.cases.views.frame import open_section, read_section
from victims.consents import display as consents
from victims.consents.operations import visible_consent
from victims.thread import display as thread

from .base import SectionView


class Beside(SectionView):
    parameters = ("view",)
    scopes = {"search": READ}  # posted, and a reading all the same

    @asks(
        "search_thread",
        _("Search the thread of a case for words"),
        tag="cases",
        request=WORDS,
        response=FoundShown,
        description=_("Posted, for they may be a name. Accents and capitals do not count. Journalled as a reading."),
    )
    def search(self, request, pk):
        actor, said = request.auth, dict(self.body(WORDS).validated_data)
        section, access = open_section(actor, pk, "timeline")
        cursor, words = said.pop("cursor", ""), words_of(said)
        if cursor and not thread.known(cursor):
            detail = now("Take the cursor from `next`, as it is.")
            raise Problem("invalid", detail, [{"pointer": "#/cursor", "code": "not_given", "detail": detail}])
        read_section(actor, section, access.case)
        found = thread.search(actor, access.case, words, cursor=cursor)
        entries = [line.entry for line in found.lines]
        return self.answer(FoundShown, {"case": pk, "entries": entries, "searched": found.searched, "next": found.next})

    @reads(
        "get_printed_agreement",
        _("Read an agreement as it is printed for the person"),
        SheetShown,
        _("A discreet slip that says nothing of what she lived through; `view=whole`: the whole sheet, if she asks."),
        ("view",),
    )
    def paper(self, request, pk, thing):
        actor, view = request.auth, request.query_params.get("view", "slip")
        open_section(actor, pk, "consents")
        if view not in ("slip", "whole"):
            detail = now("This code is not in the list.")
            raise Problem("invalid", detail, [{"parameter": "view", "code": "invalid_choice", "detail": detail}])
        consent = visible_consent(actor, thing)
        if consent.case_id != pk:
            raise NotFound
        case = read_case(actor, pk)
        return self.answer(SheetShown, {"case": pk, **consents.paper(case, consent, whole=view == "whole")._asdict()})


URLS = [
    path("cases/<uuid:pk>/thread/search/", Beside.as_view({"post": "search"}), name="case-thread-search"),
    path(
        "cases/<uuid:pk>/agreements/<uuid:thing>/paper/",
        Beside.as_view({"get": "paper"}),
        name="case-agreement-paper",
    ),
]
