"""Copy what an alert carries of the person's agreement to the case it opens."""

from agencies.models import Category, Kind, Level
from referral.models import Alert
from victims.models import ChildOpinion, Consent

HEARD = {
    Alert.Agreement.YES: ChildOpinion.Stance.FAVOURABLE,
    Alert.Agreement.NO: ChildOpinion.Stance.UNFAVOURABLE,
}


def copy_agreement(actor, case, alert: Alert, answers: dict) -> None:
    """Create the agreements an adult gave with the alert, or the opinion of a child, which opens no access."""
    told = {"language": answers.get("language") or "", "interpreter": answers.get("interpreter") or ""}
    if case.is_minor or alert.age_side != "adult":
        if alert.agreement in HEARD:
            ChildOpinion.objects.hear(case, stance=HEARD[alert.agreement], by=actor, **told)
        return
    if alert.agreement == Alert.Agreement.YES:
        for consent in consents_from(answers):
            Consent.objects.create(case=case, obtained_by=actor, **told, **consent)


def consents_from(answers: dict) -> list[dict]:
    """Return the fields of a Consent for each recipient the person named.

    To be contacted again is agreed for the association that helps, never for the police; without a recipient the
    agreement is to be recorded, and no more.
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
