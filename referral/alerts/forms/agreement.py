"""Page 3 of an alert: the person's agreement, who is told, and the safe contact sealed apart."""

from django import forms
from django.utils.translation import pgettext_lazy

from agencies.models import Kind
from referral.alerts import display as said
from referral.alerts.words import AGREEMENT, RECIPIENTS
from referral.models import Orientation
from referral.routing.selectors.desks import REQUIRED, SUPPORT, protection_ground
from victims.cases.words import CHANNELS, EXPLAINED, INTERPRETER, WHOSE

from .situation import LISTED, AnswersForm, question, short_text, ticks


class AgreementForm(AnswersForm):
    agreement = question(
        AGREEMENT,
        required=REQUIRED["agreement"],
        label=pgettext_lazy("alert", "Does the person agree that others are told?"),
    )
    recipients = ticks(
        RECIPIENTS,
        label=pgettext_lazy("alert", "For whom?"),
        hint=pgettext_lazy("alert", "What the person asked for. Nothing ticked: your organisation keeps the alert."),
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

    def __init__(self, *args, contact: dict, offers: list, agency, **kwargs):
        self.contact, self.agency, self.offers = contact, agency, offers
        super().__init__(*args, **kwargs)
        self.fields["desks"].choices = [(str(o.agency.pk), o.agency.name) for o in offers if not o.blocked]
        if said.is_child(self.answers):
            self.fields["agreement"].label = pgettext_lazy(
                "alert", "The child's opinion: does the child agree that others are told?"
            )
        if protection_ground(self.answers):
            self.fields["recipients"].help_text = pgettext_lazy(
                "alert", "What the person asked for. Nothing ticked: only the services alerted by rule read the alert."
            )

    def initial_from(self, answers):
        desks = [str(pk) for pk in answers.get("desks") or []]
        return {**answers, "desks": desks, **{name: self.contact.get(name, "") for name in self.CONTACT}}

    @property
    def ruled_offers(self) -> list:
        return [offer for offer in self.offers if offer.ticked]

    def _chosen_among(self, support: bool) -> list[tuple[object, bool]]:
        chosen = {str(pk) for pk in self["desks"].value() or []}
        return [
            (offer, str(offer.agency.pk) in chosen)
            for offer in self.offers
            if not (offer.ticked or offer.blocked) and (offer.agency.kind in SUPPORT) == support
        ]

    @property
    def support_offers(self):
        return self._chosen_among(True)

    @property
    def other_offers(self):
        """Police, justice and the like: with agreement or a legal ground only."""
        return self._chosen_among(False)

    @property
    def barred_offers(self) -> list:
        """Desks that must not know: greyed, each with the reason."""
        return [offer for offer in self.offers if offer.blocked]

    @property
    def contact_begun(self) -> bool:
        return any(self[name].value() for name in self.CONTACT)

    @property
    def asks_contact(self) -> bool:
        """A company sends nameless alerts: nothing that leads to the person passes through it."""
        return self.agency.kind != Kind.EMPLOYER

    def clean(self):
        data = self.cleaned_data
        against = data.get("agreement") == "no" and data.get("share_anyway")
        if against and not data.get("legal_ground") and "legal_ground" not in self.errors:
            self.add_error("legal_ground", pgettext_lazy("alert", "Without agreement, name the legal ground."))
        if data.get("agreement") == "yes" and data.get("value") and not data.get("whose"):
            self.add_error(
                "whose", pgettext_lazy("alert", "Say whose number it is: calling the wrong person is a danger.")
            )
        return data

    def kept(self):
        found = {name: value for name, value in super().kept().items() if name not in self.CONTACT}
        if "desks" in found:
            found["desks"] = [int(pk) for pk in found["desks"]]
        if found.get("agreement") not in (None, "yes"):
            found["recipients"] = []
        if found.get("agreement") != "no" or not found.get("share_anyway"):
            found["share_anyway"], found["legal_ground"] = False, ""
        return found

    def kept_contact(self) -> dict | None:
        """The safe contact to store; `{}` clears it, None leaves what stands (the agreement is not said yet)."""
        if not self.cleaned_data.get("agreement"):
            return None
        if self.cleaned_data["agreement"] != "yes" or not self.asks_contact:
            return {}
        typed = {name: self.cleaned_data.get(name) or "" for name in self.CONTACT}
        return {name: value for name, value in typed.items() if value}

    @property
    def clears_contact(self) -> bool:
        """The agreement is no longer yes while a safe contact is stored or typed: to be confirmed."""
        if self.cleaned_data.get("agreement") in (None, "", "yes") or not self.asks_contact:
            return False
        return bool(self.contact) or any(self.cleaned_data.get(name) for name in self.CONTACT)
