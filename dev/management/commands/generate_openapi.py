"""Write docs/openapi.json from the views of the API."""

import json

from django.conf import settings
from django.core.management.base import BaseCommand

from referral.api.schema.document import document


class Command(BaseCommand):
    help = __doc__
    requires_system_checks = ()

    def handle(self, **options):
        text = json.dumps(document(), indent=1, ensure_ascii=False) + "\n"
        (settings.BASE_DIR / "docs" / "openapi.json").write_text(text)
