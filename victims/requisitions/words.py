"""List who may demand, on which article, what may be handed over, and why a demand is not followed.

Articles 60-1 (the prosecutor, an officer, or an agent under them), 77-1-1 (the prosecutor, or an officer or an agent
whom they authorise) and 99-3 of the code of criminal procedure; professional secrecy may be set against them on a
legitimate ground alone, and doctors, lawyers and the others of articles 56-1 to 56-5 give nothing without agreeing.
"""

from django.db.models import TextChoices
from django.utils.translation import pgettext_lazy

from agencies.models import Category, Level


class Authority(TextChoices):
    PROSECUTOR = "prosecutor", pgettext_lazy("authority", "Public prosecutor")
    JUDGE = "judge", pgettext_lazy("authority", "Investigating judge")
    OFFICER = "officer", pgettext_lazy("authority", "Police or gendarmerie officer, or an agent under their control")
    OTHER = "other", pgettext_lazy("authority", "Another authority: say which")


class Ground(TextChoices):
    FLAGRANT = "flagrant", pgettext_lazy("ground", "Flagrant offence (code of criminal procedure, article 60-1)")
    PRELIMINARY = (
        "preliminary",
        pgettext_lazy(
            "ground",
            "Preliminary enquiry (article 77-1-1): an officer or an agent needs the authorisation of the prosecutor",
        ),
    )
    INVESTIGATION = (
        "investigation",
        pgettext_lazy("ground", "Judicial investigation (article 99-3): an officer needs a mission of the judge"),
    )
    OTHER = "other", pgettext_lazy("ground", "Another article, or none: say so below")


class Given(TextChoices):
    SUMMARY = "summary", pgettext_lazy("given", "Summary of the case")
    FILE = "file", pgettext_lazy("given", "Follow-up: thread, signs, path, procedures")
    DOCUMENTS = "documents", pgettext_lazy("given", "Documents")
    IDENTITY = "identity", pgettext_lazy("given", "Identity")
    CONTACT = "contact", pgettext_lazy("given", "Contact")
    HEALTH = "health", pgettext_lazy("given", "Health")
    OFFENCE = "offence", pgettext_lazy("given", "Presumed authors")
    RESIDENCE = (
        "residence",
        pgettext_lazy("given", "Right to stay (what belongs to asylum: not without the opinion of a lawyer)"),
    )
    OWN = "own", pgettext_lazy("given", "What our organisation holds outside Repère")


class Check(TextChoices):
    """What is verified before anything is handed over."""

    ORIGIN = "origin", pgettext_lazy("requisition", "Handed over without its origin being confirmed")
    SECRECY = "secrecy", pgettext_lazy("requisition", "Handed over without professional secrecy being examined")


class Reason(TextChoices):
    SECRECY = "secrecy", pgettext_lazy("requisition", "Professional secrecy, with a legitimate ground")
    ASYLUM = "asylum", pgettext_lazy("requisition", "Confidentiality of asylum")
    NOT_HELD = "not_held", pgettext_lazy("requisition", "We do not hold what is asked")
    NO_GROUND = "no_ground", pgettext_lazy("requisition", "No article, or an authority that cannot demand it")
    TOO_BROAD = "too_broad", pgettext_lazy("requisition", "Too broad: a narrower demand was asked for")
    UNCONFIRMED = "unconfirmed", pgettext_lazy("requisition", "Its origin could not be confirmed: it may be forged")
    FORGED = "forged", pgettext_lazy("requisition", "It is forged: the authority says that it did not make it")
    MISTAKE = "mistake", pgettext_lazy("requisition", "What was recorded is wrong: it waits for an answer")
    OTHER = "other", pgettext_lazy("requisition", "Another reason")


# what an agency does not read of a case, it does not hand over
NEEDS = {
    Given.SUMMARY: (Level.SUMMARY, 0),
    Given.FILE: (Level.FILE, 0),
    Given.DOCUMENTS: (Level.SUMMARY, 0),
    Given.IDENTITY: (Level.SUMMARY, Category.IDENTITY),
    Given.CONTACT: (Level.SUMMARY, Category.CONTACT),
    Given.HEALTH: (Level.SUMMARY, Category.HEALTH),
    Given.OFFENCE: (Level.SUMMARY, Category.OFFENCE),
    Given.RESIDENCE: (Level.SUMMARY, Category.RESIDENCE),
}
