"""Present agreements and opinions in words, as far as the reader may read them."""

from typing import NamedTuple

from django.utils import timezone
from django.utils.translation import gettext as now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext

from agencies.models import Agency, Category, Kind, Level
from foundation.templatetags.words import day
from indicators.codes.selectors import CONSENT_PURPOSES, labels
from victims.cases.words import EXPLAINED_OF_AGREEMENT, word, words
from victims.models import AgreementText, Case, ChildOpinion, Consent

from .words import CATEGORIES, INTERPRETERS, LEVELS, PROOFS, SPOKEN, TELLS_NOBODY, kind_words


def agreements(case: Case) -> list[Consent]:
    """Return agreements, current first, then newest first, with recipients, purpose and texts in words."""
    found = list(case.consents.select_related("obtained_by__agency", "withdrawn_by__agency"))
    who, purposes = dict(consents_in_words(found)), labels(CONSENT_PURPOSES)[CONSENT_PURPOSES]
    texts = {text.consent_id: text.data for text in AgreementText.objects.filter(consent__case=case)}
    for consent in found:
        consent.who = who[f"consent:{consent.pk}"]
        consent.purpose_words = purposes.get(consent.purpose, consent.purpose)
        consent.level_shown = level_shown(case, consent)
        consent.explained_words = words(EXPLAINED_OF_AGREEMENT, consent.explained)
        consent.proof_words = word(PROOFS, consent.proof)
        consent.spoken = word(SPOKEN, consent.language)
        consent.interpreted = word(INTERPRETERS, consent.interpreter)
        consent.words = texts.get(consent.pk, {})
    return sorted(found, key=lambda consent: not consent.is_live)


def opinions(case: Case) -> list[ChildOpinion]:
    """Return the child's opinions with their texts, as far as the reader may read them."""
    found = list(case.opinions.select_related("by__agency"))
    texts = {text.opinion_id: text.data for text in AgreementText.objects.filter(opinion__case=case)}
    for opinion in found:
        opinion.words = texts.get(opinion.pk, {})
        opinion.spoken = word(SPOKEN, opinion.language)
        opinion.interpreted = word(INTERPRETERS, opinion.interpreter)
    return found


def purpose_of(consent: Consent) -> str:
    """Return in words what the agreement is for."""
    return labels(CONSENT_PURPOSES)[CONSENT_PURPOSES].get(consent.purpose, consent.purpose)


def level_shown(case: Case, consent: Consent) -> int:
    """Return the level to show beside an agreement, 0 where it lets nobody but the lead read: a level would say less
    than the lead sees."""
    alone = consent.purpose in TELLS_NOBODY and not consent.kinds and {*consent.agencies} <= {case.lead_id}
    return 0 if alone else consent.level


def recipients_of(consent: Consent) -> str:
    """Return the names of the agencies and kinds that the agreement covers."""
    return next(names for _key, names in consents_in_words([consent]))


def consents_in_words(consents):
    """Yield (key, names of the agencies and kinds it covers) for each agreement."""
    names = dict(Agency.objects.filter(pk__in={pk for c in consents for pk in c.agencies}).values_list("pk", "name"))
    for consent in consents:
        who = [names[pk] for pk in consent.agencies if pk in names]
        # one kind may be several words with commas: each stands between quotation marks
        if kinds := [
            pgettext("kinds of services", "“%(kind)s”") % {"kind": kind_words(Kind(k))} for k in consent.kinds
        ]:
            said = ngettext("any service of the kind %(kinds)s", "any service of the kinds %(kinds)s", len(kinds))
            who.append(said % {"kinds": ", ".join(kinds)})
        yield f"consent:{consent.pk}", ", ".join(who) or pgettext("agreement", "no other service")


def agreement_choices(consents):
    """Yield (key, label) for each agreement.

    Two agreements may name the same agencies: day, purpose and extent distinguish them.
    """
    by_key = {f"consent:{consent.pk}": consent for consent in consents}
    purposes = labels(CONSENT_PURPOSES)[CONSENT_PURPOSES]
    for key, who in consents_in_words(consents):
        given = by_key[key]
        reach = [Level(given.level).label, *(bit.label.lower() for bit in Category.of(given.categories))]
        words = {"day": day(timezone.localtime(given.obtained_at)), "who": who, "reach": ", ".join(map(str, reach))}
        words["purpose"] = purposes.get(given.purpose, given.purpose)
        yield key, _("Agreement of %(day)s · %(purpose)s: %(who)s (%(reach)s)") % words


class Paper(NamedTuple):
    """Hold the sheet for the person, in words: it may be found on her, so it names nobody and no place."""

    first: str
    facts: list[dict]  # title, words
    advice: list[str]
    last: str


def paper(case: Case, consent: Consent, *, whole: bool) -> Paper:
    """Return an agreement as it is printed: a discreet slip, or the whole agreement on request (decision 30)."""
    said = {"reference": case.reference, "at": day(consent.obtained_at)}
    first = now("Your reference: %(reference)s. %(at)s.") % said
    if not whole:
        advice = [
            now("You may change your mind at any time."),
            now("Tell the person who gave you this paper: saying it is enough."),
        ]
        return Paper(first, [], advice, now("To call:"))
    (shown,) = [one for one in agreements(case) if one.pk == consent.pk]
    advice = [
        now("Tell the service that helps you, or any service named here: by word is enough."),
        now("What was shared on this agreement ends at once.")
        if shown.level_shown
        else now("Your case is not erased by itself. You may ask for it to be."),
        now("Help depends neither on this agreement, nor on a complaint."),
    ]
    agency = shown.obtained_by.agency
    return Paper(first, _facts(shown), advice, now("Recorded by: %(agency)s") % {"agency": agency})


def _facts(shown: Consent) -> list[dict]:
    known = [text for level, text in LEVELS if level == shown.level_shown]
    known += [text for bit, text in CATEGORIES if shown.categories & bit]
    until = day(shown.until) if shown.until else now("Until you change your mind")
    spoken = " · ".join(str(text) for text in (shown.spoken, shown.interpreted) if text)
    found = [
        (now("What for"), [shown.purpose_words]),
        (pgettext("agreement", "For whom"), [shown.who[:1].upper() + shown.who[1:]]),
        (now("What they may know"), known or ([shown.get_level_display()] if shown.level_shown else [])),
        (now("Until when"), [until]),
        (now("What was explained to you"), [shown.explained_words] if shown.explained_words else []),
        (now("Language it was explained in"), [spoken] if spoken else []),
    ]
    return [{"title": title, "words": [str(text) for text in said]} for title, said in found if said]
