"""Store a number given with an alert that may be the exploiter's: nobody may dial it."""

from django.db import models

from foundation.encryption import EncryptedField

from .alerts import Alert


class AlertOffence(models.Model):
    """Store the number encrypted; its author cannot read it after sending.

    A trigger copies it to the offence facts of a case when an agency that holds the category offence has access; others
    read « Ne pas appeler » only.
    """

    alert = models.OneToOneField(Alert, models.CASCADE, primary_key=True, related_name="offence")
    data = EncryptedField(bound="alert_id", label="offence")

    def __str__(self):
        return str(self.alert_id)
