"""Filter lists of figures, working and public; invalid values filter nothing."""

from django import forms
from django.db.models import Q
from django.utils.translation import pgettext_lazy

from agencies.models import Directory
from plans.models import BudgetLine, Envelope, Plan, ResourceKind, Stage, coordination
from plans.money.selectors.waiting import returned, to_check, to_sign, to_take
from plans.plan.selectors.published import plans_as_published

# fields searched; not the title of the measure, which may be that of an unpublished amendment
SEARCHED = ("label_fr", "label_en", "scope_fr", "scope_en", "programme", "action", "funder__name", "funder__acronym")
MOST = 6  # words


def _contains(word: str) -> Q:
    found = Q(evidence__icontains=word)
    for name in SEARCHED:
        found |= Q(**{f"envelope__{name}__icontains": word})
    return found


class LineFilter(forms.Form):
    """Filter the working list."""

    STATES = (
        ("", pgettext_lazy("money", "All that stand")),
        ("check", pgettext_lazy("money", "To check")),
        ("returned", pgettext_lazy("money", "To be looked at again")),
        ("take", pgettext_lazy("money", "To take over")),
        ("sign", pgettext_lazy("money", "To sign")),
    )
    state = forms.ChoiceField(choices=STATES, required=False, label=pgettext_lazy("money", "Status"))
    year = forms.IntegerField(required=False, label=pgettext_lazy("money", "Year"))
    body = forms.ModelChoiceField(
        queryset=Directory.objects.none(),
        required=False,
        label=pgettext_lazy("money", "Entered by"),
        empty_label=pgettext_lazy("money", "Any body"),
    )

    def __init__(self, *args, actor, **kwargs):
        super().__init__(*args, **kwargs)
        self.actor = actor
        if coordination.coordinates(actor):  # it asked; other bodies look again
            asked = ("returned", pgettext_lazy("money", "Asked about"))
            self.fields["state"].choices = [asked if one[0] == "returned" else one for one in self.STATES]
        entered = BudgetLine.objects.visible_to(actor).order_by().values("body")
        self.fields["body"].queryset = Directory.objects.filter(pk__in=entered).order_by("name")

    def narrowed(self, rows):
        """Return the rows in the chosen state, by default the current ones, filtered."""
        self.full_clean()
        found = getattr(self, "cleaned_data", {})
        by_state = {
            "check": to_check,
            "returned": returned,
            "take": to_take,
            "sign": to_sign,
        }
        rows = by_state[found["state"]](self.actor) if found.get("state") else rows.live(self.actor)
        if found.get("year"):
            rows = rows.filter(year=found["year"])
        return rows.filter(body=found["body"]) if found.get("body") else rows


class _Plans(forms.ModelChoiceField):
    def label_from_instance(self, plan):
        plans_as_published([plan])
        return plan.title


class PublicFilter(forms.Form):
    """Filter the public list: words, then properties of envelopes and figures."""

    FOLDED = (
        "kind",
        "plan",
        "year",
        "stage",
        "source",
        "knowledge",
    )  # each makes the page longer on a phone
    q = forms.CharField(
        required=False,
        max_length=80,
        label=pgettext_lazy("money", "Words"),
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )
    kind = forms.ChoiceField(
        choices=[("", pgettext_lazy("money", "All funding and resources")), *ResourceKind.choices],
        required=False,
        label=pgettext_lazy("money", "Funding and resources"),
    )
    plan = _Plans(
        queryset=Plan.objects.none(),
        required=False,
        label=pgettext_lazy("money", "Plan"),
        empty_label=pgettext_lazy("money", "All plans, and outside them"),
    )
    year = forms.TypedChoiceField(coerce=int, empty_value=None, required=False, label=pgettext_lazy("money", "Year"))
    stage = forms.ChoiceField(
        choices=[("", pgettext_lazy("money", "All stages")), *Stage.choices],
        required=False,
        label=pgettext_lazy("money", "Stage"),
    )
    source = forms.ChoiceField(
        choices=[("", pgettext_lazy("money", "All sources")), *Envelope.MoneySource.choices[1:]],
        required=False,
        label=pgettext_lazy("money", "Where the money comes from"),
    )
    knowledge = forms.ChoiceField(
        choices=[
            ("", pgettext_lazy("money", "All uses")),
            ("any", pgettext_lazy("money", "Knowledge and training")),
            *Envelope.Knowledge.choices[1:],
        ],
        required=False,
        label=pgettext_lazy("money", "Used for"),
    )
    measure = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["plan"].queryset = Plan.objects.visible_to(None)
        years = BudgetLine.objects.live(None).order_by("-year").values_list("year", flat=True).distinct()
        self.fields["year"].choices = [
            ("", pgettext_lazy("money", "All years")),
            *((year, str(year)) for year in years),
        ]

    def folded(self) -> list:
        return [self[name] for name in self.FOLDED]

    @property
    def folded_used(self) -> bool:
        found = getattr(self, "cleaned_data", {})
        return any(found.get(name) for name in self.FOLDED)

    @property
    def knowledge_chosen(self) -> str:
        """Return « any », a kind of knowledge, or nothing; the page then has a title of its own."""
        return getattr(self, "cleaned_data", {}).get("knowledge", "")

    def knowledge_kinds(self) -> list[dict]:
        """Return the choices of knowledge: all, then each kind."""
        return [
            {"code": code, "label": label, "current": code == self.knowledge_chosen}
            for code, label in self.fields["knowledge"].choices[1:]
        ]

    def narrowed(self, rows):
        """Return the rows that match the filters."""
        self.full_clean()
        found = getattr(self, "cleaned_data", {})
        names = {
            "kind": "envelope__resource_kind",
            "plan": "envelope__plan",
            "year": "year",
            "stage": "stage",
            "measure": "envelope__measure__code",
            "source": "envelope__money_source",
        }
        for word in found.get("q", "").split()[:MOST]:
            rows = rows.filter(_contains(word))
        if found.get("knowledge") == "any":
            rows = rows.exclude(envelope__knowledge="")
        elif found.get("knowledge"):
            rows = rows.filter(envelope__knowledge=found["knowledge"])
        return rows.filter(**{path: found[name] for name, path in names.items() if found.get(name)})
