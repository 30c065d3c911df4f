"""Present agreements and opinions in words, as far as the reader may read them."""

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agencies.models import Agency, Category, Kind, Level
from foundation.templatetags.words import day
from indicators.codes.selectors import CONSENT_PURPOSES, labels
from victims.cases.words import EXPLAINED, word, words
from victims.models import AgreementText, Case, ChildOpinion, Consent

from .words import INTERPRETERS, PROOFS, SPOKEN


def agreements(case: Case) -> list[Consent]:
    """Return agreements, current first, then newest first, with recipients, purpose and texts in words."""
    found = list(case.consents.select_related("obtained_by__agency", "withdrawn_by__agency"))
    who, purposes = dict(consents_in_words(found)), labels(CONSENT_PURPOSES)[CONSENT_PURPOSES]
    texts = {text.consent_id: text.data for text in AgreementText.objects.filter(consent__case=case)}
    for consent in found:
        consent.who = who[f"consent:{consent.pk}"]
        consent.purpose_words = purposes.get(consent.purpose, consent.purpose)
        consent.explained_words = words(EXPLAINED, consent.explained)
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


def recipients_of(consent: Consent) -> str:
    """Return the names of the agencies and kinds that the agreement covers."""
    return next(names for _key, names in consents_in_words([consent]))


def consents_in_words(consents):
    """Yield (key, names of the agencies and kinds it covers) for each agreement."""
    names = dict(Agency.objects.filter(pk__in={pk for c in consents for pk in c.agencies}).values_list("pk", "name"))
    for consent in consents:
        who = [names[pk] for pk in consent.agencies if pk in names]
        who += [str(Kind(kind).label) for kind in consent.kinds]
        yield f"consent:{consent.pk}", ", ".join(who) or str(_("nobody named"))


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
