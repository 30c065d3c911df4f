"""Ask the database whether something of a case or an alert goes on."""

from django.db.models import BooleanField, Func


def goes_on(noun: str, *of) -> Func:
    """Return what `nrm.case_goes_on` or `nrm.alert_goes_on` answers of a row."""
    return Func(*of, function=f"nrm.{noun}_goes_on", output_field=BooleanField())
