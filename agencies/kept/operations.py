"""Keep what a member types and could not send yet, and delete it.

The journal says nothing of it: nothing happened yet. What the form does is recorded when it is sent.
"""

from django.db import connection
from django.utils import timezone

from agencies.models import FORM_LIFE, Draft, KeptForm
from foundation.actor import acting_as

from .rules import AT_MOST, DRAFT_LIMIT, DRAFTS, LIMIT, browser_digests, places_of, weight


def keep_form(member, browser: str, data: dict, again: str = "") -> KeptForm | None:
    """Keep a form for this member and browser, in place of what was kept of the same page of the same tab; return it.

    `data`: as `KeptForm` says; `again`: the id of the kept form that it sends again, in whose place it comes too. None
    when it is too heavy or the member has AT_MOST others: nobody fills the disk.
    """
    if weight(data) > LIMIT:
        return None
    with acting_as(member):
        with connection.cursor() as cursor:  # one form of a member at a time: the count holds under simultaneous ones
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('nrm.keep_form'), %s)", [member.pk])
        others, browsers = 0, browser_digests(browser)
        for form in KeptForm.objects.filter(membership=member.pk, at__gt=timezone.now() - FORM_LIFE):
            if form.browser in browsers and (str(form.pk) == again or _same_page(form, data["path"], data["opened"])):
                form.delete()
            else:
                others += 1
        if others >= AT_MOST:
            return None
        return KeptForm.objects.create(membership=member, browser=browsers[0], data=data)


def _same_page(form: KeptForm, path: str, opened: str) -> bool:
    return form.data["path"] == path and form.data.get("opened", "") == opened


def forget_sent(actor, browser: str, path: str, opened: str) -> None:
    """Delete what was kept of a page whose form was sent; what another tab of this page had typed stays."""
    for form in KeptForm.objects.of(actor, browser_digests(browser)):
        if _same_page(form, path, opened):
            form.delete()


def discard_form(actor, browser: str, pk: str) -> None:
    """Delete one kept form of this member and browser, given by its id as a page sends it."""
    for form in KeptForm.objects.of(actor, browser_digests(browser)):
        if str(form.pk) == pk:
            form.delete()


def save_draft(actor, key: str, data: dict) -> Draft | None:
    """Save what a member is typing in a form, in place of the former draft; return it, None when it is too heavy.

    Beyond DRAFTS the one untouched for longest is deleted: what is being typed now matters more.
    """
    if weight(data) > DRAFT_LIMIT:
        return None
    with connection.cursor() as cursor:  # two requests of one form: the second finds the draft of the first
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('nrm.save_draft'), %s)", [actor.pk])
    own, places = Draft.objects.of(actor), places_of(key)
    draft = own.filter(place__in=places).first() or Draft(membership=actor, place=places[0])
    new = draft._state.adding
    draft.data, draft.saved_at = data, timezone.now()
    draft.save(update_fields=None if new else ["data", "saved_at"])
    if new:
        for old in own.order_by("-saved_at")[DRAFTS:]:
            old.delete()
    return draft


def forget_draft(actor, key: str) -> None:
    """Delete the draft of a form: it was sent, or its author throws it away."""
    Draft.objects.of(actor).filter(place__in=places_of(key)).delete()
