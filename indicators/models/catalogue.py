"""Shared indicators, their rules and the short grids, as published; and the code lists of the pack.

A published catalogue never changes: another content is another version. The loader refuses it in words, the
trigger `nrm_published_…` of `sql/published.sql` refuses it in the database.
"""

from django.db import models
from django.utils.translation import pgettext_lazy


class CatalogueQuerySet(models.QuerySet):
    def published(self):
        return self.exclude(published_at=None)

    def current(self, code):
        """The last one published under this code; the earlier ones stay for what was assessed with them."""
        return self.published().filter(code=code).order_by("-published_at", "-pk").first()


class Catalogue(models.Model):
    """One version of a shared list: the indicators with their rules, or the short grids.

    `reading` holds the small lists that go with it (rules of dimension, results, overrides, reading rules,
    sources; answers and fallbacks of the grids), in the pack's own shape.
    """

    class Code(models.TextChoices):
        INDICATORS = "indicators", pgettext_lazy("catalogue", "Shared indicators")
        SHORT_GRIDS = "short_grids", pgettext_lazy("catalogue", "Short grids")

    code = models.CharField(max_length=20, choices=Code)
    version = models.CharField(max_length=20)
    date = models.DateField()
    checksum = models.CharField(max_length=64)
    published_at = models.DateTimeField(null=True)
    # the one thing that may change after publication: who vouches for the content
    validated_by = models.CharField(max_length=200, null=True)  # noqa: DJ001 the pack says null, not ""
    reading = models.JSONField()

    objects = CatalogueQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["code", "version"], name="one_catalogue_per_version")]

    def __str__(self):
        return f"{self.code} {self.version}"


class Dimension(models.Model):
    catalogue = models.ForeignKey(Catalogue, models.CASCADE, related_name="dimensions")
    code = models.CharField(max_length=40)
    order = models.PositiveSmallIntegerField()
    label_fr = models.CharField(max_length=120)
    label_en = models.CharField(max_length=120)
    phase = models.CharField(max_length=20)
    palermo_element = models.CharField(max_length=20)
    scored = models.BooleanField()

    class Meta:
        ordering = ["order"]
        constraints = [models.UniqueConstraint(fields=["catalogue", "code"], name="one_dimension_per_code")]

    def __str__(self):
        return self.label_fr


class Indicator(models.Model):
    """A sign, as one version of the catalogue words it. `part` is the list it comes from (ILO, France)."""

    class Strength(models.TextChoices):
        STRONG = "strong", pgettext_lazy("catalogue", "Strong")
        MEDIUM = "medium", pgettext_lazy("catalogue", "Medium")
        WEAK = "weak", pgettext_lazy("catalogue", "Weak")

    catalogue = models.ForeignKey(Catalogue, models.CASCADE, related_name="indicators")
    code = models.CharField(max_length=20)
    order = models.PositiveSmallIntegerField()
    part = models.CharField(max_length=40)
    profile = models.CharField(max_length=20)
    form = models.CharField(max_length=40)
    dimension = models.ForeignKey(Dimension, models.CASCADE, related_name="indicators")
    concept = models.CharField(max_length=40, blank=True)  # empty: shares its fact with no other
    label_fr = models.CharField(max_length=250)
    label_en = models.CharField(max_length=250)
    strength = models.CharField(max_length=6, choices=Strength)
    strength_status = models.CharField(max_length=30)
    guidance_fr = models.TextField(blank=True)
    guidance_en = models.TextField(blank=True)
    source = models.CharField(max_length=40)

    class Meta:
        ordering = ["order"]
        constraints = [models.UniqueConstraint(fields=["catalogue", "code"], name="one_indicator_per_code")]

    def __str__(self):
        return f"{self.code} {self.label_fr}"


class Ruleset(models.Model):
    """One way to read a case (ILO; penal code). `rules` are its case rules, in the pack's shape and order."""

    catalogue = models.ForeignKey(Catalogue, models.CASCADE, related_name="rulesets")
    code = models.CharField(max_length=40)
    order = models.PositiveSmallIntegerField()
    label_fr = models.CharField(max_length=200)
    label_en = models.CharField(max_length=200)
    parts = models.JSONField()
    status = models.CharField(max_length=30)
    rules = models.JSONField()

    class Meta:
        ordering = ["order"]
        constraints = [models.UniqueConstraint(fields=["catalogue", "code"], name="one_ruleset_per_code")]

    def __str__(self):
        return self.label_fr


class ShortGrid(models.Model):
    """At most fifteen signs a frontline worker can see in a minute, for one form and one age side."""

    catalogue = models.ForeignKey(Catalogue, models.CASCADE, related_name="grids")
    code = models.CharField(max_length=20)
    order = models.PositiveSmallIntegerField()
    version = models.CharField(max_length=20)
    validated_by = models.CharField(max_length=200, null=True)  # noqa: DJ001 the pack says null, not ""
    form = models.CharField(max_length=40)
    age_side = models.CharField(max_length=10)
    label_fr = models.CharField(max_length=160)
    label_en = models.CharField(max_length=160)
    # the case rule met when every sign of the grid is seen, by ruleset (checked again at loading)
    reach = models.JSONField()

    class Meta:
        ordering = ["order"]
        constraints = [
            models.UniqueConstraint(fields=["catalogue", "code"], name="one_grid_per_code"),
            models.UniqueConstraint(fields=["catalogue", "form", "age_side"], name="one_grid_per_form_and_side"),
        ]

    def __str__(self):
        return self.label_fr


class ShortGridItem(models.Model):
    """A question, the indicator it observes, and the indicator's pair on the other age side."""

    grid = models.ForeignKey(ShortGrid, models.CASCADE, related_name="items")
    order = models.PositiveSmallIntegerField()
    indicator = models.CharField(max_length=20)
    question_fr = models.CharField(max_length=250)
    question_en = models.CharField(max_length=250)
    why_fr = models.CharField(max_length=250)
    paired_indicator = models.CharField(max_length=20, blank=True)

    class Meta:
        ordering = ["order"]
        constraints = [
            models.UniqueConstraint(fields=["grid", "indicator"], name="one_item_per_indicator"),
            models.UniqueConstraint(fields=["grid", "order"], name="one_item_per_place"),
        ]

    def __str__(self):
        return self.question_fr


class CodeList(models.Model):
    """A closed list of the pack (forms of exploitation, reasons of refusal…), with its correspondences."""

    code = models.CharField(max_length=40, primary_key=True)

    class Meta:
        ordering = ["code"]

    def __str__(self):
        return self.code


class CodeQuerySet(models.QuerySet):
    def of(self, code_list):
        """The values one may choose today; one withdrawn from the pack stays readable where used."""
        return self.filter(code_list=code_list, active=True).order_by("order")


class Code(models.Model):
    """`data` keeps what the pack adds to a value: HTCDS and CTDC names, legal texts, bounds of age."""

    code_list = models.ForeignKey(CodeList, models.PROTECT, related_name="codes")
    code = models.CharField(max_length=40)
    order = models.PositiveSmallIntegerField()
    label_fr = models.CharField(max_length=160)
    label_en = models.CharField(max_length=160)
    data = models.JSONField(default=dict, blank=True)
    active = models.BooleanField(default=True)

    objects = CodeQuerySet.as_manager()

    class Meta:
        ordering = ["code_list", "order"]
        constraints = [models.UniqueConstraint(fields=["code_list", "code"], name="one_code_per_list")]

    def __str__(self):
        return self.label_fr


class PackFile(models.Model):
    """A file of the domain pack as last loaded: the same checksum means that there is nothing to do."""

    name = models.CharField(max_length=60, primary_key=True)
    version = models.CharField(max_length=20)
    date = models.DateField()
    checksum = models.CharField(max_length=64)
    validated_by = models.CharField(max_length=200, null=True)  # noqa: DJ001 the pack says null, not ""
    loaded_at = models.DateTimeField()

    class Meta:
        ordering = ["name"]

    def __str__(self):
        return f"{self.name} {self.version}"
