"""Store practical sheets, one for each profession: read by everybody, written by the loader."""

from django.contrib.postgres.fields import ArrayField
from django.db import models


class Sheet(models.Model):
    """Store a practical sheet; in its texts each line is a point of its own.

    `kinds`: the agencies whose members it is for; `bodies`: of them, those of the directory that it is written for, all
    when none is named; `alerts`: whom to alert, most urgent first, as {"urgency", "procedure", "helplines",
    "agencies"}, and when, in words (`when_fr`, `when_en`) in place of the urgency. Its other lists hold codes of the
    pack.
    """

    code = models.CharField(max_length=40, primary_key=True)
    order = models.PositiveSmallIntegerField()
    label_fr = models.CharField(max_length=80)
    label_en = models.CharField(max_length=80)
    title_fr = models.CharField(max_length=120)
    title_en = models.CharField(max_length=120)
    look_for_fr = models.TextField()
    look_for_en = models.TextField()
    first_words_fr = models.TextField()
    first_words_en = models.TextField()
    avoid_fr = models.TextField()
    avoid_en = models.TextField()
    alert_fr = models.TextField()
    alert_en = models.TextField()
    duty_fr = models.TextField()
    duty_en = models.TextField()
    after_fr = models.TextField()
    after_en = models.TextField()
    kinds = ArrayField(models.CharField(max_length=20))
    bodies = ArrayField(models.CharField(max_length=40), blank=True)
    indicators = ArrayField(models.CharField(max_length=40))
    legal_texts = ArrayField(models.CharField(max_length=40))
    procedures = ArrayField(models.CharField(max_length=40))
    alerts = models.JSONField()
    active = models.BooleanField(default=True)

    class Meta:
        ordering = ["order"]

    def __str__(self):
        return self.label_fr
