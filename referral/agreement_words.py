"""Agreements, opinions and shares without agreement, in words, each with what the reader may read of it."""

from victims.models import AgreementText, Case, ChildOpinion, Consent

from .agreement_forms import INTERPRETERS, PROOFS, SPOKEN
from .alert_answers import EXPLAINED, word, words
from .case_forms import consents_in_words
from .code_labels import CONSENT_PURPOSES, labels
from .following import CARRIED, WAITING
from .models import LegalReason, LegalShare, Orientation


def agreements(actor, case: Case) -> list[Consent]:
    """Those in force first, newest first, with who, what for, how it was heard, the words around it, and the
    orientations it carries as far as the reader sees them."""
    found = list(case.consents.select_related("obtained_by__agency", "withdrawn_by__agency"))
    who, purposes = dict(consents_in_words(found)), labels(CONSENT_PURPOSES)[CONSENT_PURPOSES]
    texts = {text.consent_id: text.data for text in AgreementText.objects.filter(consent__case=case)}
    carried: dict = {}
    orientations = Orientation.objects.visible_to(actor).filter(case=case, state__in=[*WAITING, *CARRIED])
    for orientation in orientations.select_related("addressee"):
        carried.setdefault(orientation.consent_id, []).append(orientation)
    for consent in found:
        consent.who = who[f"consent:{consent.pk}"]
        consent.purpose_words = purposes.get(consent.purpose, consent.purpose)
        consent.explained_words = words(EXPLAINED, consent.explained)
        consent.proof_words = word(PROOFS, consent.proof)
        consent.spoken = word(SPOKEN, consent.language)
        consent.interpreted = word(INTERPRETERS, consent.interpreter)
        consent.words = texts.get(consent.pk, {})
        consent.carries = carried.get(consent.pk, [])
    return sorted(found, key=lambda consent: not consent.is_live)


def opinions(case: Case) -> list[ChildOpinion]:
    found = list(case.opinions.select_related("by__agency"))
    texts = {text.opinion_id: text.data for text in AgreementText.objects.filter(opinion__case=case)}
    for opinion in found:
        opinion.words = texts.get(opinion.pk, {})
        opinion.spoken = word(SPOKEN, opinion.language)
        opinion.interpreted = word(INTERPRETERS, opinion.interpreter)
    return found


def shares(rows) -> list[LegalShare]:
    """Shares on a legal ground with their reason, for those who may read it."""
    found = list(rows)
    reasons = {r.share_id: r.data for r in LegalReason.objects.filter(share__in=[share.pk for share in found])}
    for share in found:
        share.words = reasons.get(share.pk, "")
    return found


def who(consent: Consent) -> str:
    """Who the agreement names."""
    return next(names for _key, names in consents_in_words([consent]))
