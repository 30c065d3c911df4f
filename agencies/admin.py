"""Configure the admin: off by default (ADMIN_ENABLED), agencies and reference lists only, never a case table.

Django loads this module only when `django.contrib.admin` is installed.
"""

from django.contrib import admin

from .models import Agency, Desk, Helpline, Service


class DeskInline(admin.StackedInline):
    """Show the desk. What it receives is asked and agreed to (decision 45), by nobody alone."""

    model = Desk
    fk_name = "agency"
    can_delete = False
    filter_horizontal = ["services", "territories"]

    def has_add_permission(self, request, obj=None):
        return False

    def has_change_permission(self, request, obj=None):
        return False


@admin.register(Agency)
class AgencyAdmin(admin.ModelAdmin):
    """Describe and deactivate agencies. Only a command of the owner creates them, with their group."""

    list_display = ["name", "kind", "territory", "mandate", "active"]
    list_filter = ["kind", "mandate", "active"]
    search_fields = ["name", "code"]
    readonly_fields = ["group", "code", "office"]  # given by two persons (decision 92)
    inlines = [DeskInline]

    def has_add_permission(self, request):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


@admin.register(Helpline)
class HelplineAdmin(admin.ModelAdmin):
    list_display = ["number", "label_fr", "kind", "reviewed_on", "active"]

    def has_delete_permission(self, request, obj=None):
        return False


@admin.register(Service)
class ServiceAdmin(admin.ModelAdmin):
    list_display = ["code", "label_fr", "label_en"]

    def has_delete_permission(self, request, obj=None):
        return False
