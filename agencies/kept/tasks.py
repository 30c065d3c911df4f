"""Delete what was kept and is over."""

from django.utils import timezone

from agencies.models import DRAFT_LIFE, FORM_LIFE, Draft, KeptForm
from foundation.tasks import task


@task("agencies.kept.tasks.forget_kept", system=True)
def forget_kept() -> int:
    """Delete forms kept for longer than 30 minutes and drafts untouched for 28 days; return how many.

    Runs every five minutes.
    """
    now = timezone.now()
    forms = KeptForm.objects.filter(at__lt=now - FORM_LIFE).delete()[0]
    return forms + Draft.objects.filter(saved_at__lt=now - DRAFT_LIFE).delete()[0]
