"""Say once who reads a row: the filter of the queryset and the condition of the policy come from one rule.

A model declares it: `sight = Sees(3) | Own() & Sees(2)`. `SightQuerySet.visible_to` filters by it and `Wall.of` makes
the policy of it, so that the two cannot differ. Policies of writing are made of the same rules.
"""

from functools import reduce
from operator import and_, or_

from django.db import models
from django.db.models import Q

NOTHING = Q(pk__in=[])
EVERYTHING = ~NOTHING


def column(model: type[models.Model], name: str) -> str:
    """Return the column of a field, given by the name of its attribute (`agency_id`). Raises FieldDoesNotExist."""
    return model._meta.get_field(name).column


class Rule:
    """Decide which rows of a model an actor reads or writes. Joined by `&` and `|`."""

    def q(self, actor) -> Q:
        """Return the filter for this membership. Raises NotImplementedError for what only a policy can ask."""
        raise NotImplementedError(f"{type(self).__name__} is a rule of policies alone: no queryset can ask it.")

    def sql(self, model: type[models.Model]) -> str:
        """Return the condition of a policy on the table of `model`, for the acting membership."""
        raise NotImplementedError

    def __and__(self, other: "Rule") -> "Rule":
        return Joined(" AND ", self, other)

    def __or__(self, other: "Rule") -> "Rule":
        return Joined(" OR ", self, other)


class Joined(Rule):
    """Join rules by AND or by OR; a rule joined by the other word stands in brackets."""

    def __init__(self, word: str, *rules: Rule):
        self.word, self.rules = word, []
        for rule in rules:
            self.rules += rule.rules if isinstance(rule, Joined) and rule.word == word else [rule]

    def q(self, actor):
        return reduce(and_ if self.word == " AND " else or_, (rule.q(actor) for rule in self.rules))

    def sql(self, model):
        texts = [f"({rule.sql(model)})" if isinstance(rule, Joined) else rule.sql(model) for rule in self.rules]
        return self.word.join(texts)


class Own(Rule):
    """The row is the acting agency's, and the actor sees cases."""

    def __init__(self, name: str = "agency_id"):
        self.name = name

    def q(self, actor):
        return Q(**{self.name: actor.agency_id}) if actor.sight == "case" else NOTHING

    def sql(self, model):
        return f"{column(model, self.name)} = nrm.desk()"


class SinceArrival(Rule):
    """The row's own time is set, and not before the arrival of the acting member."""

    def __init__(self, name: str):
        self.name = name

    def q(self, actor):
        since = {f"{self.name}__gte": actor.cases_from} if actor.cases_from else {f"{self.name}__isnull": False}
        return Q(**since)

    def sql(self, model):
        return f"{column(model, self.name)} >= nrm.arrival()"


class By(Rule):
    """The row is signed by the acting member."""

    def __init__(self, name: str = "by_id"):
        self.name = name

    def q(self, actor):
        return Q(**{self.name: actor.pk})

    def sql(self, model):
        return f"{column(model, self.name)} = nrm.membership()"


class SightIs(Rule):
    """The actor's roles give one of these sights: `case`, `own`, `journal`."""

    def __init__(self, *sights: str):
        self.sights = sights

    def q(self, actor):
        return EVERYTHING if actor.sight in self.sights else NOTHING

    def sql(self, model):
        texts = [f"'{sight}'" for sight in self.sights]
        return f"nrm.sight() = {texts[0]}" if len(texts) == 1 else f"nrm.sight() IN ({', '.join(texts)})"


class Is(Rule):
    """The column holds this value: a text, a number, a boolean or None."""

    def __init__(self, name: str, value: str | int | None):
        self.name, self.value = name, value

    def q(self, actor):
        return Q(**{self.name: self.value})

    def sql(self, model):
        name = column(model, self.name)
        if self.value is None:
            return f"{name} IS NULL"
        if isinstance(self.value, bool):
            return name if self.value else f"NOT {name}"
        return f"{name} = {self.value:d}" if isinstance(self.value, int) else f"{name} = '{self.value}'"


class IsNot(Is):
    """The column holds something else than this text or number, or something when the value is None."""

    def q(self, actor):
        return ~super().q(actor)

    def sql(self, model):
        name = column(model, self.name)
        if self.value is None:
            return f"{name} IS NOT NULL"
        return f"{name} <> {self.value:d}" if isinstance(self.value, int) else f"{name} <> '{self.value}'"


class Follows(Rule):
    """The actor reads the row that this one hangs on, by the policy of its own table."""

    def __init__(self, name: str, parent: type[models.Model]):
        self.name, self.parent = name, parent

    def q(self, actor):
        return Q(**{f"{self.name}__in": self.parent.objects.visible_to(actor).values("pk")})

    def sql(self, model):
        table, key = self.parent._meta.db_table, self.parent._meta.pk.column
        return f"EXISTS (SELECT 1 FROM {table} x WHERE x.{key} = {model._meta.db_table}.{column(model, self.name)})"


class Nobody(Rule):
    """No member; without an actor it raises, as every other policy does."""

    def q(self, actor):
        return NOTHING

    def sql(self, model):
        return "nrm.membership() < 0"


class Sql(Rule):
    """A condition of a policy in its own words. `{table}` is the table."""

    def __init__(self, text: str):
        self.text = text

    def sql(self, model):
        text = self.text.replace("{table}", model._meta.db_table)
        return f"({text})" if " OR " in text else text


class SightQuerySet(models.QuerySet):
    """Rows of a model that declares its `sight`."""

    def visible_to(self, actor):
        return self.filter(self.model.sight.q(actor))
