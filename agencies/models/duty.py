"""Store the hours of a desk, in its own time zone, and its duty list."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from .units import Desk, Membership


class DutyHours(models.Model):
    """Store one period of the week. One that closes before it opens, or at the same hour, ends the next day.

    A desk without hours is always open: nothing waits for hours that nobody declared.
    """

    class Day(models.IntegerChoices):
        """Define weekdays as `datetime.weekday` does."""

        MONDAY = 0, _("Monday")
        TUESDAY = 1, _("Tuesday")
        WEDNESDAY = 2, _("Wednesday")
        THURSDAY = 3, _("Thursday")
        FRIDAY = 4, _("Friday")
        SATURDAY = 5, _("Saturday")
        SUNDAY = 6, _("Sunday")

    desk = models.ForeignKey(Desk, models.CASCADE, related_name="hours", db_index=False)
    weekday = models.PositiveSmallIntegerField(choices=Day)
    opens = models.TimeField()
    closes = models.TimeField()

    class Meta:
        ordering = ["weekday", "opens"]
        verbose_name_plural = "duty hours"
        constraints = [
            models.UniqueConstraint(fields=["desk", "weekday", "opens"], name="one_stretch_an_opening"),
        ]

    def __str__(self):
        return f"{self.get_weekday_display()} {self.opens:%H:%M}-{self.closes:%H:%M}"


class DutyMember(models.Model):
    """Store who is called for a danger to life. `phone`: duty phone; empty: the number of the profile."""

    desk = models.ForeignKey(Desk, models.CASCADE, related_name="duty_list", db_index=False)
    membership = models.ForeignKey(Membership, models.CASCADE, related_name="+")
    phone = models.CharField(max_length=30, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["desk", "membership"], name="once_on_the_duty_list")]

    def __str__(self):
        return str(self.membership)
