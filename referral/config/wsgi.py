import os
from importlib import import_module

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "referral.config.settings")
application = get_wsgi_application()
import_module("referral.config.keys").refuse_other_keys()  # needs the models, which the line before loads
