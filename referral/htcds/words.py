"""Say of each field of the HTCDS 2.0 whether Repère holds it, has no place for it, or refuses it, and why.

The standard is the Human Trafficking Case Data Standard by IOM (CC BY 4.0); its lists stand, reformatted, in
`data/htcds/`. A list of the pack (`data/forms.yaml`) gives each of its codes the value of the standard: `codes` names
it.
"""

from dataclasses import dataclass
from enum import StrEnum

from django.utils.translation import gettext_lazy as _

from agencies.models import Category, Level


class Fate(StrEnum):
    HELD = "held"
    ABSENT = "no place here"
    REFUSED = "refused"


DIRECTORY = _("Organisations are in the directory: a table of cases repeats none of them.")
NOT_ASKED = _("Not asked here: nothing in the mechanism is decided by it.")
NOT_CODED = _("No closed answer here: the signs noted in the case tell of it.")
GIVEN_NAMES = _("Given names are kept together, under the first name.")
WITHDRAWN = _("Withdrawn from the standard: its field Consent takes its place.")
AGE_THEN = _("Not kept: the path of the person gives the dates.")
REQUESTS = _("Requests to services have a list and an export of their own: a case has several.")
PLAN = _("Support is kept need by need, and the needs of health and residence are sealed.")
IDENTITY = _("Who the person is: written in the case, with the person's agreement, never from a table.")
CONTACT = _("How to reach the person: written in the case, with the person's agreement, never from a table.")
ONE_NUMBER = _("The safe contact is one number, under the mobile phone.")
SIGNED = _("A body entitled to it signs its statement in the case: a table states nothing.")
CLOSING = _("An import brings cases that go on: a case is closed here, with its reason.")
PATH = _("An episode is written in the case, on the page of the path.")
NUMBER = _("No number of an identity paper is kept.")
ADDRESS = _("Where the person lives is not kept, only the département.")
PLACE = _("A precise place would tell who the person is: only the country and the département are kept.")
AUTHORS = _("About presumed authors: sealed in the case, it neither enters nor leaves by a table.")
HEALTH = _("About health and frailty: sealed in the case, it neither enters nor leaves by a table.")
STORY = _("A story in words: written in the case, where it is protected.")
COLLEAGUE = _("The name of a colleague does not travel with a case.")
REPORTER = _("Who reported a situation is protected.")
SHELTER = _("To whom a person was sent would tell where the person is.")


@dataclass(frozen=True)
class Field:
    """Describe a field: its fate; `why` it has no place, is refused, or is held without being taken from a table.

    `level` and `bit`: what opens it in a case; `codes`: its list in the pack; `taken`: the field of an import that it
    becomes.
    """

    name: str
    fate: Fate
    why: str = ""
    level: int = Level.SUMMARY
    bit: int = 0
    codes: str = ""
    taken: str = ""


def _held(name, why="", **what) -> list[Field]:
    return [Field(name, Fate.HELD, why, **what)]


def _each(fate, names: str, why) -> list[Field]:
    return [Field(name, fate, why) for name in names.split()]


_ALL = [
    *_each(
        Fate.ABSENT,
        "org_Name org_ShippingCity org_ShippingCountry org_ShippingState org_ShippingStreet org_ShippingPostalCode"
        " org_ShippingLongitude org_ShippingLatitude org_Phone org_Type",
        DIRECTORY,
    ),
    *_each(
        Fate.ABSENT,
        "prs_Salutation prs_Title prs_MaritalStatus prs_NumberOfChildren prs_SecondaryLanguage"
        " prs_HighestLevelOfEducation cas_ReasonForIncomingReferral",
        NOT_ASKED,
    ),
    *_held("prs_FirstName", IDENTITY, bit=Category.IDENTITY),
    *_each(Fate.ABSENT, "prs_MiddleName", GIVEN_NAMES),
    *_held("prs_SecondName", IDENTITY, bit=Category.IDENTITY),
    *_held("prs_Birthdate", bit=Category.IDENTITY, taken="age_side"),
    *_held("prs_Gender", level=Level.FILE, codes="sexes", taken="sex"),
    *_held("prs_Deceased", CLOSING),
    *_held("prs_PrimaryLanguage", taken="language"),
    *_held("prs_Citizenship", level=Level.FILE, taken="nationality"),
    *_each(Fate.REFUSED, "prs_IdentityNumber", NUMBER),
    *_held("prs_Email", CONTACT, bit=Category.CONTACT),
    *_each(Fate.ABSENT, "prs_HomePhone", ONE_NUMBER),
    *_held("prs_MobilePhone", CONTACT, bit=Category.CONTACT),
    *_each(
        Fate.REFUSED,
        "prs_MailingCity prs_MailingCountry prs_MailingState prs_MailingStreet prs_MailingPostalCode"
        " prs_MailingLongitude prs_MailingLatitude",
        ADDRESS,
    ),
    *_each(Fate.ABSENT, "vic_AgreementToManagePersonalData", WITHDRAWN),
    *_held("vic_TraffickingStatus", SIGNED, codes="identification_statuses"),
    *_held("vic_TraffickingStatusDecisionMakingOrg", SIGNED, codes="identification_deciders"),
    *_each(Fate.REFUSED, "vic_RelationshipToTrafficker vic_MethodsOfControl", AUTHORS),
    *_each(Fate.ABSENT, "vic_AgeWhenTrafficked", AGE_THEN),
    *_each(
        Fate.ABSENT,
        "vic_RecruitmentWebsitesAndApps vic_MethodOfRecruitment vic_ForcedLabourIndustry vic_TypeOfSexExploitation"
        " vic_ExploitationWebsitesAndApps",
        NOT_CODED,
    ),
    *_each(Fate.REFUSED, "vic_LocationOfRecruitment vic_LocationOfExploitation", PLACE),
    *_held("vic_TypeOfExploitation", codes="forms_of_exploitation", taken="form"),
    *_each(Fate.REFUSED, "vic_Vulnerabilities vic_DetailsOfVulnerabilities", HEALTH),
    *_each(Fate.REFUSED, "per_RoleInProcess per_RoleDetails", AUTHORS),
    *_held("cas_Status", codes="case_statuses", taken="status"),
    *_held("cas_ReasonForCaseClosure", CLOSING),
    *_each(Fate.REFUSED, "cas_CaseOwner cas_ReferringPrimaryCaseWorker cas_ReferredPrimaryCaseWorker", COLLEAGUE),
    *_each(Fate.REFUSED, "cas_ReferringOrganisation", REPORTER),
    *_held("cas_IncomingReferralDate", taken="received_on"),
    *_each(Fate.REFUSED, "cas_IncomingReferralDetails cas_OutgoingReferralDetails cco_CaseComment", STORY),
    *_each(Fate.REFUSED, "cas_ReferredOrganisation", SHELTER),
    *_each(Fate.ABSENT, "cas_ReasonForOutgoingReferral cas_OutgoingReferralDate", REQUESTS),
    *_each(Fate.REFUSED, "hte_Longitude hte_Latitude hte_City hte_Street hte_PostalCode", PLACE),
    *_held("hte_Country", PATH, level=Level.FILE),
    *_held("hte_State", PATH, level=Level.FILE),
    *_held("hte_Date", PATH, level=Level.FILE),
    *_held("hte_Type", PATH, level=Level.FILE),
    *_each(Fate.REFUSED, "hte_Description spl_Objectives spl_ActionPlan", STORY),
    *_each(Fate.ABSENT, "spl_PlannedEndDate spl_ActualEndDate spl_Type", PLAN),
    *_held("con_Consent", taken="consent"),
]
FIELDS = {field.name: field for field in _ALL}

# values of the fields held that no code of the pack gives, and the code that each becomes; "" when none does
TAKEN_AS = {
    ("vic_TypeOfExploitation", "ChildLabour"): "labour_exploitation",
    ("cas_Status", "ClosedReferred"): "closed",  # sent for a case closed for its transfer
    ("hte_Type", "Exploitation"): "episode",
    ("hte_Type", "Recruitment"): "",
    ("hte_Type", "Transit"): "",
}

# names that the tools of the standard give to its fields, beside its own; the label stands where the code is missing
ALIASES = {
    "prs_First_Name": "prs_FirstName",
    "prs_Second_Name": "prs_SecondName",
    "vic_Methods_of_Control": "vic_MethodsOfControl",
    "vic_TraffickinStatusDecisionMakingOrg": "vic_TraffickingStatusDecisionMakingOrg",
    "Reason for Outgoing Referral": "cas_ReasonForOutgoingReferral",
}

PREFIX = "repere_"

# Columns of our own beside those of the standard, and the field of an import that each becomes: exact codes where the
# standard has fewer values or none.
OWN = {
    "repere_reference": "",
    "repere_own_reference": "reference",
    "repere_age_side": "age_side",
    "repere_age_group": "age_group",
    "repere_territory": "territory",
    "repere_form": "form",
    "repere_language": "language",
    "repere_nationality": "nationality",
    "repere_detection": "detection",
    "repere_status": "",
    "repere_urgency": "",
    "repere_birth": "",
    "repere_contact_channel": "",
    "repere_contact_hours": "",
    "repere_identification": "",
    "repere_episodes": "",
}

# columns that tell who the person is or how to reach her, and those of several values
IDENTIFYING = {name for name, field in FIELDS.items() if field.bit} | {
    "repere_birth",
    "repere_contact_channel",
    "repere_contact_hours",
}
MANY = ("vic_TypeOfExploitation", "prs_Citizenship")

# ISO 639-2 of the languages offered, the terminology code first, which is sent; Dari is Persian there
LANGUAGES = {
    "fr": "fra fre", "en": "eng", "sq": "sqi alb", "am": "amh", "ar": "ara", "bm": "bam", "bn": "ben", "bg": "bul",
    "zh": "zho chi", "bin": "bin", "es": "spa", "ka": "kat geo", "ha": "hau", "hi": "hin", "hu": "hun", "ht": "hat",
    "ln": "lin", "ps": "pus", "fa": "fas per", "prs": "fas", "pl": "pol", "pt": "por", "ff": "ful", "rom": "rom",
    "ro": "ron rum", "ru": "rus", "sr": "srp", "so": "som", "snk": "snk", "tl": "tgl", "ta": "tam", "th": "tha",
    "ti": "tir", "tr": "tur", "uk": "ukr", "ur": "urd", "vi": "vie", "wo": "wol", "yo": "yor", "mis": "mis",
}  # fmt: skip
