from importlib import import_module

from django.apps import AppConfig


class ReferralConfig(AppConfig):
    name = "referral"

    def ready(self):
        import_module("referral.summary.display.thread")  # what happened above a case, in its thread
