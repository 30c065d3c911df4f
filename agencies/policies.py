"""Rights of the directory: everybody reads it; the application changes a few columns of it."""

from django.conf import settings

_EDIT = "SELECT, INSERT, UPDATE" if settings.ADMIN_ENABLED else "SELECT"
RIGHTS = {
    "agencies_territory": "SELECT",
    "agencies_territory_neighbours": "SELECT",
    "agencies_service": _EDIT,
    "agencies_helpline": _EDIT,
    "agencies_directory": _EDIT,
    "agencies_directory_services": _EDIT,
    "agencies_agency": _EDIT,
    "agencies_desk": f"{_EDIT}, UPDATE (places, places_updated_at)",
    "agencies_desk_services": f"{_EDIT}, DELETE" if settings.ADMIN_ENABLED else "SELECT",
    "agencies_desk_territories": f"{_EDIT}, DELETE" if settings.ADMIN_ENABLED else "SELECT",
    "agencies_user": "SELECT, UPDATE (last_login, password, language)",
    "agencies_membership": "SELECT",
    "agencies_apiclient": "SELECT",
    "auth_group": "SELECT, INSERT" if settings.ADMIN_ENABLED else "SELECT",
    "auth_permission": "SELECT",
    "auth_group_permissions": "SELECT",
    "django_content_type": "SELECT",
}
