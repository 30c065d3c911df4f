from importlib import import_module

from django.apps import AppConfig


class VictimsConfig(AppConfig):
    name = "victims"

    def ready(self):
        import_module("victims.files.operations")  # declares the files that reencrypt encrypts and a drill opens
        import_module("victims.own_labels.operations")  # declares the digests that reencrypt computes again
