"""Store the shared indicators, their rules and the short grids as published, and the code lists of the pack.

A published catalogue never changes: another content is another version. The loader refuses a change with a message, the
trigger `nrm_published_…` of `sql/published.sql` in the database.
"""

from django.db import models
from django.utils.translation import pgettext_lazy


class CatalogueQuerySet(models.QuerySet):
    def published(self):
        return self.exclude(published_at=None)

    def current(self, code):
        """Return the version last published under this code, or None."""
        return self.published().filter(code=code).order_by("-published_at", "-pk").first()


class Catalogue(models.Model):
    """Store one version of a shared list: the indicators with their rules, or the short grids.

    `reading` holds the small lists that belong to it (rules of dimensions, results, overrides, reading rules, sources;
    answers and fallbacks of the grids), in the shape of the pack.
    """

    class Code(models.TextChoices):
        INDICATORS = "indicators", pgettext_lazy("catalogue", "Shared indicators")
        SHORT_GRIDS = "short_grids", pgettext_lazy("catalogue", "Short grids")

    code = models.CharField(max_length=20, choices=Code)
    version = models.CharField(max_length=20)
    date = models.DateField()
    checksum = models.CharField(max_length=64)
    published_at = models.DateTimeField(null=True)
    # the only value that may change after publication: who validated the content
    validated_by = models.CharField(max_length=200, null=True)  # noqa: DJ001 the pack says null, not ""
    reading = models.JSONField()

    objects = CatalogueQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["code", "version"], name="one_catalogue_per_version")]

    def __str__(self):
        return f"{self.code} {self.version}"


class Dimension(models.Model):
    """Store a dimension of a version of the catalogue; `scored`: its indicators count."""

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
    """Store a sign as worded in one version of the catalogue. `part`: the list it comes from (ILO, France)."""

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
    concept = models.CharField(max_length=40, blank=True)  # empty: states a fact that no other indicator states
    label_fr = models.CharField(max_length=250)
    label_en = models.CharField(max_length=250)
    strength = models.CharField(max_length=6, choices=Strength)
    strength_status = models.CharField(max_length=30)
    known_by = models.CharField(max_length=20, default="observed")  # how its wording says that it is known
    guidance_fr = models.TextField(blank=True)
    guidance_en = models.TextField(blank=True)
    source = models.CharField(max_length=40)

    class Meta:
        ordering = ["order"]
        constraints = [models.UniqueConstraint(fields=["catalogue", "code"], name="one_indicator_per_code")]

    def __str__(self):
        return f"{self.code} {self.label_fr}"


class Ruleset(models.Model):
    """Store one way to read a case (ILO; penal code). `rules`: its case rules, in the shape and order of the pack."""

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
    """Store at most fifteen signs that a frontline worker can see in a minute, for one form and one age side."""

    catalogue = models.ForeignKey(Catalogue, models.CASCADE, related_name="grids")
    code = models.CharField(max_length=20)
    order = models.PositiveSmallIntegerField()
    version = models.CharField(max_length=20)
    validated_by = models.CharField(max_length=200, null=True)  # noqa: DJ001 the pack says null, not ""
    form = models.CharField(max_length=40)
    age_side = models.CharField(max_length=10)
    label_fr = models.CharField(max_length=160)
    label_en = models.CharField(max_length=160)
    # ruleset -> case rule met when every sign of the grid is observed (checked at loading)
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
    """Store a question, the indicator it observes, and the pair of this indicator on the other age side."""

    grid = models.ForeignKey(ShortGrid, models.CASCADE, related_name="items")
    order = models.PositiveSmallIntegerField()
    indicator = models.CharField(max_length=20)
    question_fr = models.CharField(max_length=250)
    question_en = models.CharField(max_length=250)
    known_by = models.CharField(max_length=20, default="observed")  # how this wording says that the sign is known
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
    """Store a closed list of the pack (forms of exploitation, reasons of refusal…)."""

    code = models.CharField(max_length=40, primary_key=True)

    class Meta:
        ordering = ["code"]

    def __str__(self):
        return self.code


class CodeQuerySet(models.QuerySet):
    def of(self, code_list):
        """Keep the values that may be chosen today; withdrawn ones stay readable where used."""
        return self.filter(code_list=code_list, active=True).order_by("order")


class Code(models.Model):
    """Store a value of a code list.

    `data` keeps what the pack adds to it: HTCDS and CTDC names, legal texts, age bounds.
    """

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
    """Store a file of the pack as last loaded; an equal checksum means that there is nothing to do."""

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
