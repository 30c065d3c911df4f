"""A number that may be the exploiter's, given with an alert: no way to reach the person, and nobody's to dial."""

from django.db import models

from foundation.encryption import EncryptedField

from .alerts import Alert


class AlertOffence(models.Model):
    """Sealed on sending, for its author too. A trigger copies it to the offence facts of a case that an agency holding
    the offence category reaches; « Ne pas appeler » is all that others read."""

    alert = models.OneToOneField(Alert, models.CASCADE, primary_key=True, related_name="offence")
    data = EncryptedField(bound="alert_id", label="offence")

    def __str__(self):
        return str(self.alert_id)
