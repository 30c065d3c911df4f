"""What an alert carries of the agreement and of how to reach the person: sealed apart, copied when a case opens."""

from agencies.models import Category, Kind, Level
from referral.models import Alert, AlertContact, AlertOffence
from victims.models import ChildOpinion, Consent

# « À qui est ce numéro ? » : somebody who controls the person, or nobody knows
NOT_TO_CALL = ("controller", "unknown")
HEARD = {
    Alert.Agreement.YES: ChildOpinion.Stance.FAVOURABLE,
    Alert.Agreement.NO: ChildOpinion.Stance.UNFAVOURABLE,
}


def seal_contact(alert: Alert, contact: dict) -> None:
    """Keep the safe contact of a draft; `{}` clears it (a change of mind about the agreement).

    A number that may be the exploiter's is no way to reach the person: the contact keeps « Ne pas appeler » only, and
    the number stands apart as offence data, which an association never receives (RGPD art. 10).
    """
    AlertContact.objects.filter(alert=alert).delete()
    AlertOffence.objects.filter(alert=alert).delete()
    if not contact:
        return
    if contact.get("whose") in NOT_TO_CALL:
        if contact.get("value"):
            number = {"channel": contact.get("channel") or "", "number": contact["value"], "whose": contact["whose"]}
            AlertOffence.objects.create(alert=alert, data=number)
        contact = {"whose": contact["whose"], "do_not_call": True}
    AlertContact.objects.create(alert=alert, data=contact)


def copy_agreement(actor, case, alert: Alert, answers: dict) -> None:
    """An adult's « oui » becomes agreements; what a child says, yes or no, is its opinion and carries nothing."""
    told = {"language": answers.get("language") or "", "interpreter": answers.get("interpreter") or ""}
    if case.is_minor or alert.age_side != "adult":
        if alert.agreement in HEARD:
            ChildOpinion.objects.create(case=case, stance=HEARD[alert.agreement], by=actor, **told)
        return
    if alert.agreement == Alert.Agreement.YES:
        for consent in consents_from(answers):
            Consent.objects.create(case=case, obtained_by=actor, **told, **consent)


def consents_from(answers: dict) -> list[dict]:
    """What the person agreed to with the alert, as Consents' fields: one for each recipient named.

    Being called back is agreed for the association that helps, never for the police by the way; nobody named is an
    agreement to be recorded and no more.
    """
    wanted = answers.get("recipients") or []
    told = {"explained": answers.get("explained") or [], "proof": "oral"}
    contact = Category.CONTACT if "contact" in wanted else 0
    found = []
    if "association" in wanted:
        kinds = [Kind.NGO, Kind.NGO_NETWORK]
        found.append({"purpose": "share_named", "kinds": kinds, "level": Level.FILE, "categories": contact, **told})
    if "police" in wanted:
        kinds = [Kind.INTERIOR, Kind.JUSTICE]
        found.append({"purpose": "share_police", "kinds": kinds, "level": Level.FILE, "categories": 0, **told})
    if "association" not in wanted:
        purpose = "contact" if contact else "record"
        found.append({"purpose": purpose, "kinds": [], "level": Level.SUMMARY, "categories": contact, **told})
    return found
