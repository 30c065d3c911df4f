"""What a coordinator, a lead and an addressee type. Texts of errors say what to do; what was typed is kept."""

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agencies.models import Agency, Category, Kind, Level, Service
from agencies.templatetags.words import day
from victims.models import Case, CaseAccess

from .code_labels import DECLINE_REASONS, FORMS, choices, labels
from .coverage_words import agreements_with_reach, categories_with_reach
from .filters import NOT_A_SIGN
from .models import Orientation
from .operations.coverage import REASON_LENGTH, acts_of
from .reasons import CloseReason, RedirectReason
from .routing import alert_desks

OUTCOMES = "orientation_reasons"
LEVELS = [
    (Level.SUMMARY, _("Summary: no story, no identity")),
    (Level.FILE, _("File: signs, assessment and story too")),
]
CATEGORIES = [
    (Category.IDENTITY, _("Identity")),
    (Category.CONTACT, _("Safe ways to reach the person")),
    (Category.HEALTH, _("Health")),
    (Category.OFFENCE, _("Presumed authors")),
    (Category.RESIDENCE, _("Right to stay, asylum included")),
]
# kinds of agencies a person can agree to as a whole; the others are agreed to by name
AGREED_KINDS = (Kind.NGO, Kind.NGO_NETWORK, Kind.SOCIAL_AFFAIRS, Kind.HEALTH, Kind.CHILD_PROTECTION, Kind.LABOUR,
                Kind.UNION, Kind.INTERIOR, Kind.JUSTICE)  # fmt: skip


def radios(choices, message, **options):
    """A required question with few answers, none of them chosen beforehand unless `initial` is given."""
    widget = forms.RadioSelect
    errors = {"required": message, "invalid_choice": message}
    return forms.ChoiceField(choices=choices, widget=widget, error_messages=errors, **options)


def ticks(choices, **options):
    errors = {"invalid_choice": _("Choose among the answers shown.")}
    return forms.TypedMultipleChoiceField(
        choices=choices,
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages=errors,
        **options,
    )


def mask(bits) -> int:
    return sum(set(bits))


class RedirectForm(forms.Form):
    desks = forms.ModelMultipleChoiceField(
        queryset=None,
        label=_("Which services?"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": _("Tick at least one service."),
            "invalid_choice": _("This service no longer receives alerts: choose another one."),
            "invalid_pk_value": _("Choose among the services shown."),
        },
    )
    reason = radios(RedirectReason.choices, _("Say why you send it on."), label=_("Why?"))

    def __init__(self, *args, actor, offered, **kwargs):
        """`offered` are the desks its answers allow: a desk that is not among them is refused, not only not shown."""
        super().__init__(*args, **kwargs)
        desks = alert_desks().filter(pk__in=[desk.pk for desk in offered]).exclude(pk=actor.agency_id)
        self.fields["desks"].queryset = desks.select_related("agency")
        self.fields["desks"].choices = [(desk.pk, str(desk.agency)) for desk in offered]


class CloseForm(forms.Form):
    close_reason = radios(CloseReason.choices, _("Say why you close it."), label=_("Why?"))


class JoinForm(forms.Form):
    """By reference, as it is read aloud; a case one leads only. Not seen and not led give the same sentence."""

    NEAR = 6
    case = forms.ChoiceField(
        required=False,
        widget=forms.RadioSelect,
        label=_("Open cases of the same place"),
        error_messages={"invalid_choice": _("This case is no longer yours to join: write a reference.")},
    )
    reference = forms.CharField(
        required=False,
        max_length=20,
        label=_("Reference of the case"),
        help_text=_("A case your unit leads, for example K7MX-2PQR."),
    )

    def __init__(self, *args, actor, alert, **kwargs):
        super().__init__(*args, **kwargs)
        self.actor = actor
        led = CaseAccess.objects.of(actor, Level.SUMMARY).filter(lead=True)
        rows = led.filter(territory=alert.territory_id).exclude(status=Case.Status.CLOSED)
        words = labels(FORMS)[FORMS]
        self.near = [
            (row.reference, f"{row.reference} · {words.get(row.form, row.form)} · {day(row.received_at)}")
            for row in rows.order_by("-received_at", "-case")[: self.NEAR]
        ]
        self.fields["case"].choices = self.near

    def clean(self):
        given = super().clean()
        signs = NOT_A_SIGN.sub("", (given.get("reference") or given.get("case") or "").upper())
        if not signs:
            if not self.errors:
                self.add_error("reference", _("Write the reference of the case."))
            return given
        wanted = f"{signs[:4]}-{signs[4:]}"
        row = CaseAccess.objects.of(self.actor, Level.SUMMARY).filter(lead=True, reference=wanted).first()
        if row is None:
            self.add_error("reference", _("No case led by your unit has this reference: check it."))
        else:
            self.case = Case(pk=row.case_id)
        return given


class OrientationForm(forms.Form):
    """One page: need (in the address), what is asked, on what ground, what is shared, then a button a service.

    The least is chosen beforehand: refer, summary, no category. The ground is, only where a single one is possible.
    """

    verb = radios(
        [
            (Orientation.Verb.REFER, _("Refer: we keep the lead, the service helps")),
            (Orientation.Verb.TRANSFER, _("Transfer: the service leads once it accepts, we keep the state only")),
        ],
        _("Say whether you refer or transfer."),
        label=_("What do you ask?"),
        initial=Orientation.Verb.REFER,
    )
    basis = radios([], _("Choose an agreement or a legal ground."), label=_("On what ground?"))
    level = forms.TypedChoiceField(
        choices=LEVELS,
        coerce=int,
        widget=forms.RadioSelect,
        label=_("How far may the service see, once it accepts?"),
        initial=Level.SUMMARY,
        error_messages={
            "required": _("Choose how far the service may see."),
            "invalid_choice": _("Choose among the answers shown."),
        },
    )
    legal_reason = forms.CharField(
        required=False,
        max_length=2000,
        label=_("Without agreement: why?"),
        help_text=_("Only on a legal ground: at least 20 characters, kept apart, never sent to the service."),
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off"}),
        error_messages={"max_length": _("2,000 characters at most: shorten your text.")},
    )
    categories = ticks(CATEGORIES, label=_("And also, only if it is needed"))
    exclusive = forms.BooleanField(
        required=False,
        label=_("One service is enough"),
        help_text=_(
            "As soon as one accepts, the other requests for this need are withdrawn. Unticked: several may help."
        ),
    )

    def __init__(self, *args, case, consents, sender, **kwargs):
        super().__init__(*args, **kwargs)
        self.sender = sender
        self.case, self.consents = case, {f"consent:{c.pk}": c for c in consents}
        self.fields["basis"].choices = [
            *agreements_with_reach(case, agreement_choices(consents), consents),
            *((f"ground:{code}", label) for code, label in self._grounds()),
        ]
        self.fields["categories"].choices = list(categories_with_reach(case, CATEGORIES, consents))
        agreements = list(self.consents)
        if len(agreements) == 1:
            self.initial.setdefault("basis", agreements[0])
        elif not agreements and case.is_minor:
            self.initial.setdefault("basis", f"ground:{Orientation.LegalGround.CHILD_IN_DANGER}")

    @classmethod
    def so_far(cls, data) -> dict:
        """What is chosen on the page, as the beginning of the same page again: nothing is checked yet."""
        return {name: field.widget.value_from_datadict(data, {}, name) for name, field in cls.base_fields.items()}

    @staticmethod
    def as_drafted(draft: Orientation, reason: str) -> dict:
        """The choices of a draft, as the page that changes it begins: the contrary of `chosen`."""
        return {
            "verb": draft.verb,
            "exclusive": draft.exclusive,
            "level": draft.level,
            "categories": [bit for bit, _label in CATEGORIES if draft.categories & bit],
            "basis": f"consent:{draft.consent_id}" if draft.consent_id else f"ground:{draft.legal_ground}",
            "legal_reason": reason,
        }

    def _grounds(self):
        """Those that may hold for this person and this sender."""
        ground = Orientation.LegalGround
        closed = set() if self.case.is_minor else {ground.CHILD_IN_DANGER}
        if ground.ARTICLE_40 not in acts_of(self.sender):
            closed.add(ground.ARTICLE_40)
        yield from ((code, label) for code, label in ground.choices if code not in closed)

    def clean(self):
        """A ground is written with its reason; an agreement carries what it covers and no more."""
        given = super().clean()
        basis = given.get("basis")
        if not basis:
            return given
        agreement = self.consents.get(basis)
        if agreement is None and len(given.get("legal_reason", "").strip()) < REASON_LENGTH:
            too_short = _("Write why in at least 20 characters: it is kept apart and can be checked.")
            self.add_error("legal_reason", too_short)
        if agreement and given.get("level", 0) > agreement.level:
            self.add_error("level", _("The agreement does not go as far as this level."))
        return given

    def chosen(self) -> dict:
        """As `draft_orientation` takes it."""
        basis = self.cleaned_data["basis"]
        return {
            "verb": self.cleaned_data["verb"],
            "exclusive": self.cleaned_data["exclusive"],
            "level": self.cleaned_data["level"],
            "categories": mask(self.cleaned_data["categories"]),
            "consent": self.consents.get(basis),
            "legal_ground": "" if basis in self.consents else basis.partition(":")[2],
            "legal_reason": "" if basis in self.consents else self.cleaned_data["legal_reason"],
        }


def consents_in_words(consents):
    """(key, who it names) for each agreement."""
    names = dict(Agency.objects.filter(pk__in={pk for c in consents for pk in c.agencies}).values_list("pk", "name"))
    for consent in consents:
        who = [names[pk] for pk in consent.agencies if pk in names]
        who += [str(Kind(kind).label) for kind in consent.kinds]
        yield f"consent:{consent.pk}", ", ".join(who) or str(_("nobody named"))


def agreement_choices(consents):
    """Two agreements may name the same people: the day and how far each goes tell them apart."""
    by_key = {f"consent:{consent.pk}": consent for consent in consents}
    for key, who in consents_in_words(consents):
        given = by_key[key]
        reach = [Level(given.level).label, *(bit.label.lower() for bit in Category.of(given.categories))]
        words = {"day": day(timezone.localtime(given.obtained_at)), "who": who, "reach": ", ".join(map(str, reach))}
        yield key, _("Agreement of %(day)s: %(who)s (%(reach)s)") % words


class NeedForm(forms.Form):
    service = forms.ModelChoiceField(
        queryset=Service.objects.all(),
        error_messages={"required": _("Choose a need."), "invalid_choice": _("Choose a need of the list.")},
    )


class DeclineForm(forms.Form):
    reason = radios([], _("Choose the reason: the sender looks for another service at once."), label=_("Why?"))
    comment = forms.CharField(
        required=False,
        max_length=500,
        label=_("A word for the sender"),
        help_text=_("No name."),
        widget=forms.Textarea(attrs={"rows": 2, "autocomplete": "off"}),
        error_messages={"max_length": _("500 characters at most: shorten your text.")},
    )
    code_list = DECLINE_REASONS

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["reason"].choices = choices(self.code_list)


class CompleteForm(DeclineForm):
    reason = radios([], _("Say what was achieved."), label=_("What was achieved?"))
    code_list = OUTCOMES
