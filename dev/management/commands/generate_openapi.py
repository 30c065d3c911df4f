"""Write docs/openapi.json from the views of the API."""

import json

from django.conf import settings
from django.core.management.base import BaseCommand

from foundation.words.translations import build
from referral.api.schema.document import document


class Command(BaseCommand):
    help = __doc__
    requires_system_checks = ()

    def handle(self, **options):
        build(settings.BASE_DIR / "locale" / "fr")  # the document says some of its words in French
        text = json.dumps(document(), indent=1, ensure_ascii=False) + "\n"
        (settings.BASE_DIR / "docs" / "openapi.json").write_text(text)
