from importlib import import_module

from django.apps import AppConfig
from django.contrib.auth.signals import user_login_failed


class ReferralConfig(AppConfig):
    name = "referral"

    def ready(self):
        user_login_failed.connect(import_module("referral.factors.operations").note_refused)
        import_module("referral.summary.display.thread")  # registers the steps of this app in the thread of a case
        import_module("referral.config.heartbeats")  # writes a heartbeat after each run of due work
        import_module("referral.config.figures")  # counts work that failed
        import_module("referral.config.keys")  # stops a worker started with other keys
