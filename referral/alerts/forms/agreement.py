"""Ask for the person's agreement, the addressees and the safe contact: the third page of an alert."""

from dataclasses import dataclass

from django import forms
from django.utils.translation import pgettext, pgettext_lazy

from agencies.models import Agency, Kind
from referral.alerts import rules
from referral.alerts.display import legal_ground
from referral.alerts.selectors import contact_of
from referral.alerts.words import AGREEMENT, RECIPIENTS
from referral.models import Alert, Orientation
from referral.routing.selectors.desks import (
    PLACE,
    Addressee,
    Suggestion,
    coordinations,
    may_be_told,
    suggestions_for_alert,
)
from referral.routing.words import SUPPORT
from victims.cases.words import CHANNELS, EXPLAINED, INTERPRETER, WHOSE

from .step import LISTED, StepForm, question, short_text, ticks

# What most persons say yes to, as one answer: « yes », and an association among those it is for.
HELPED = "yes_association"
ANSWERS = [
    (HELPED, pgettext_lazy("alert", "Yes, to be helped by an association")),
    ("yes", pgettext_lazy("alert", "Yes, for something else or for several things")),
    *((code, label) for code, label in AGREEMENT if code != "yes"),
]


@dataclass(frozen=True)
class Box:
    """Describe the box of a service. `wrong`: the error about the services is about this one."""

    offer: Suggestion
    ticked: bool
    wrong: bool

    @property
    def id(self) -> str:
        """Return the id of its control."""
        return f"d-{self.offer.agency.pk}"


class AgreementForm(StepForm):
    """Ask for the agreement, who is told and the safe contact: the third page."""

    step, template = rules.AGREEMENT, "referral/alerts/alert_step_agreement.html"

    agreement = question(
        ANSWERS,
        required=rules.REQUIRED["agreement"],
        label=pgettext_lazy("alert", "Does the person agree that others are told?"),
    )
    recipients = ticks(
        RECIPIENTS,
        label=pgettext_lazy("alert", "What for?"),
        hint=pgettext_lazy(
            "alert",
            "What the person asked for. Nothing ticked here nor among the services: the alert stays in your"
            " organisation. Without anything done before the time limit that the next page says, it goes to the"
            " coordination.",
        ),
    )
    share_anyway = forms.BooleanField(
        required=False, label=pgettext_lazy("alert", "Send all the same, on a legal ground")
    )
    legal_ground = question(Orientation.LegalGround.choices, label=pgettext_lazy("alert", "Which legal ground?"))
    desks = ticks([], label=pgettext_lazy("alert", "Services to alert"))
    explained = ticks(EXPLAINED, label=pgettext_lazy("alert", "What did you explain?"))
    interpreter = question(
        [("", pgettext_lazy("alert", "No need")), *INTERPRETER],
        label=pgettext_lazy("alert", "Interpreter"),
        hint=pgettext_lazy("alert", "Never the name of the interpreter."),
    )
    channel = forms.ChoiceField(
        required=False,
        choices=[("", pgettext_lazy("alert", "Choose…")), *CHANNELS],
        label=pgettext_lazy("alert", "How to reach the person"),
        error_messages=LISTED,
    )
    value = short_text(120, label=pgettext_lazy("alert", "Number or address"))
    whose = question(WHOSE, label=pgettext_lazy("alert", "Whose number is it?"))
    hours = short_text(
        120, label=pgettext_lazy("alert", "Safe hours"), hint=pgettext_lazy("alert", "For instance: Tuesday morning.")
    )
    who_may_answer = short_text(120, label=pgettext_lazy("alert", "Who may answer"))
    code_word = short_text(
        40,
        label=pgettext_lazy("alert", "Code word"),
        hint=pgettext_lazy("alert", "A word agreed with the person, to be sure who speaks."),
    )

    CONTACT = ("channel", "value", "whose", "hours", "who_may_answer", "code_word")

    def __init__(self, data, *, alert: Alert, **kwargs):
        self.contact = contact_of(alert)
        offers = suggestions_for_alert({**alert.content.data, "agreement": "yes"}, alert.agency)
        self.offers = [offer for offer in offers if offer.agency.pk != alert.agency_id]
        self.beyond = []  # services that were ticked, and that the ground named does not tell
        super().__init__(data, alert=alert, **kwargs)
        self.fields["desks"].choices = [(str(o.agency.pk), o.agency.name) for o in self.offers if not o.blocked]
        if rules.is_child(self.answers):
            self.fields["agreement"].label = pgettext_lazy(
                "alert", "The child's opinion: does the child agree that others are told?"
            )
        elif (self.answers.get("persons") or 1) > 1:
            self.fields["agreement"].label = pgettext_lazy("alert", "Do the persons agree that others are told?")
        if self.ground:
            self.fields["recipients"].help_text = pgettext_lazy(
                "alert",
                "What the person asked for. Nothing ticked among the services: only those alerted by rule read the"
                " alert.",
            )

    def initial_answers(self):
        desks = [str(pk) for pk in self.answers.get("desks") or []]
        one_click = self.answers.get("agreement") == "yes" and self.answers.get("recipients") == ["association"]
        one_click = one_click and set(desks) <= self._associations  # else others were ticked, and would be hidden
        agreed = {"agreement": HELPED, "recipients": []} if one_click else {}
        return {**self.answers, **agreed, "desks": desks, **{name: self.contact.get(name, "") for name in self.CONTACT}}

    @property
    def ground(self) -> str:
        """Return the legal ground that needs no agreement, in words."""
        return legal_ground(rules.protection_ground(self.answers))

    @property
    def ruled(self) -> list[Addressee | Suggestion]:
        """Return the services alerted by rule whatever is answered: the coordination, then the desks of protection."""
        if not self.ground:
            return []
        (self.alert.territory,) = PLACE.rows(None, code=self.answers["territory"])
        units = coordinations(self.alert, self.answers)
        known = {unit.agency.pk for unit in units}
        return units + [offer for offer in self.offers if offer.ticked and offer.agency.pk not in known]

    @property
    def _associations(self) -> set[str]:
        return {str(offer.agency.pk) for offer in self.offers if offer.is_association}

    @property
    def offers_association(self) -> bool:
        """Return whether an association can be ticked."""
        return any(box.offer.is_association for box in self.support_offers)

    def _offered(self, belongs) -> list[Box]:
        chosen, wrong = {str(pk) for pk in self["desks"].value() or []}, {agency.pk for agency in self.beyond}
        return [
            Box(offer, str(offer.agency.pk) in chosen, offer.agency.pk in wrong)
            for offer in self.offers
            if not (offer.ticked or offer.blocked) and belongs(offer.agency.kind)
        ]

    @property
    def first_controls(self) -> dict[str, str]:
        """Return where the error about the services leads: to the first one it is about, else to the first shown."""
        shown = [*self.support_offers, *self.inspection_offers, *self.other_offers]
        boxes = [box for box in shown if box.wrong] or shown
        return {"desks": boxes[0].id if boxes else ""}

    @property
    def support_offers(self) -> list[Box]:
        """Return the boxes of desks that support people; for « an association » the page shows no others."""
        return self._offered(lambda kind: kind in SUPPORT and kind != Kind.LABOUR)

    @property
    def inspection_offers(self) -> list[Box]:
        """Return the boxes of inspections, which need no legal ground and help no person themselves."""
        return self._offered(lambda kind: kind == Kind.LABOUR)

    @property
    def offers_help(self) -> bool:
        """Return whether a service can be ticked of a person who was not asked."""
        return bool(self.support_offers or self.inspection_offers)

    @property
    def other_offers(self) -> list[Box]:
        """Return the boxes of police, justice and the like: with agreement or a legal ground only."""
        return self._offered(lambda kind: kind not in SUPPORT)

    @property
    def barred_offers(self) -> list:
        """Return the desks that must not know of the alert, each with the reason."""
        return [offer for offer in self.offers if offer.blocked]

    @property
    def contact_begun(self) -> bool:
        """Return whether something of the safe contact is given."""
        return any(self[name].value() for name in self.CONTACT)

    @property
    def asks_contact(self) -> bool:
        """Return whether the contact is asked: not of a company, whose alerts lead to no person."""
        return self.alert.agency.kind != Kind.EMPLOYER

    def clean(self):
        data = self.cleaned_data
        if data.get("agreement") == HELPED:
            data |= {"agreement": "yes", "recipients": ["association"]}
            data["desks"] = [pk for pk in data.get("desks") or [] if pk in self._associations]
        elif data.get("agreement") == "no" and not data.get("share_anyway"):
            data["desks"] = []  # hidden then: what was ticked before the person refused
        against = data.get("agreement") == "no" and data.get("share_anyway")
        if against and not data.get("legal_ground") and "legal_ground" not in self.errors:
            self.add_error(
                "legal_ground", pgettext_lazy("alert", "Without the person's agreement, name the legal ground.")
            )
        elif against and (helpers := self._beyond(data)):
            self.beyond = helpers
            words = pgettext("alert", "Article 40 tells the prosecutor and the police: untick %(names)s, who help.")
            ticked = data["desks"]
            self.add_error("desks", words % {"names": ", ".join(map(str, helpers))})
            # what is kept meanwhile: the error took all of them away, the police too
            data["desks"] = [pk for pk in ticked if str(pk) not in {str(agency.pk) for agency in helpers}]
        if data.get("agreement") == "yes" and data.get("value") and not data.get("whose"):
            self.add_error(
                "whose", pgettext_lazy("alert", "Say whose number it is: calling the wrong person is a danger.")
            )
        return data

    def _beyond(self, data) -> list[Agency]:
        """Return the ticked services that the ground named does not let read the alert."""
        answers, chosen = {**self.answers, **data}, {str(pk) for pk in data.get("desks") or []}
        ticked = (offer.agency for offer in self.offers if str(offer.agency.pk) in chosen and not offer.ticked)
        return [agency for agency in ticked if not may_be_told(answers, agency)]

    def kept(self):
        found = {name: value for name, value in super().kept().items() if name not in self.CONTACT}
        if "desks" in found:
            found["desks"] = [int(pk) for pk in found["desks"]]
        if found.get("agreement") not in (None, "yes"):
            found["recipients"] = []
        if found.get("agreement") != "no" or not found.get("share_anyway"):
            found["share_anyway"], found["legal_ground"] = False, ""
        if self.clears_contact:
            found.pop("agreement")
        return found

    def kept_contact(self):
        agreement = self.cleaned_data.get("agreement")
        if not agreement or self.clears_contact:
            return None
        if agreement != "yes" or not self.asks_contact:
            return {}
        typed = {name: self.cleaned_data.get(name) or "" for name in self.CONTACT}
        return {name: value for name, value in typed.items() if value}

    @property
    def clears_contact(self) -> bool:
        """Return whether a safe contact would be erased, the agreement being no longer yes, and this is unconfirmed."""
        if self.cleaned_data.get("agreement") in (None, "", "yes") or not self.asks_contact:
            return False
        given = self.contact or any(self.cleaned_data.get(name) for name in self.CONTACT)
        return bool(given) and self.data.get("clear_contact") != "1"

    @property
    def asks_confirmation(self) -> bool:
        """Return whether the page asks to confirm that the contact is erased."""
        return self.is_valid() and self.clears_contact

    @property
    def complete(self):
        return self.is_valid() and not self.clears_contact
