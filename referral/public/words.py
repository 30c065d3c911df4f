"""List what the declaration of accessibility says was tried.

The page prints these lists and the journeys of the tests walk them (`tests/journeys/test_everybody.py`,
`tests/journeys/test_keyboard.py`): what stands here and is not walked fails there.
"""

from datetime import date

from django.utils.translation import gettext_lazy as _

DECLARED_ON = date(2026, 11, 28)  # when the declaration was last written anew: with its text, or after a larger change
WIDTHS = (320, 390, 1280)  # of the screen, in pixels
ZOOMS = (200, 400)  # of a screen of 1280 pixels, in hundredths

# Kind of page, then the route of each page that is looked at and how the page calls itself.
LOOKED_AT = (
    (
        _("Open to everybody"),
        {
            "home": _("Home"),
            "help": _("Need help?"),
            "witness": _("I am a witness"),
            "login": _("Sign in"),
            "accessibility": _("Accessibility"),
            "sheets:list": _("Practical sheets"),
            "sheets:detail": _("A practical sheet"),
            "indicators:indicator-list": _("Indicators"),
            "procedures:detail": _("A procedure"),
            "policy:home": _("Plan and figures"),
            "policy:measure": _("A measure of a plan"),
            "policy:statistics": _("Figures, with charts"),
            "policy:directory": _("Directory"),
        },
    ),
    (
        _("Who sends an alert"),
        {
            "referral:danger": _("Immediate danger"),
            "referral:alert-step": _("An alert: its four pages"),
            "referral:alert-received": _("Receipt"),
            "referral:alert-list": _("My alerts"),
            "referral:alert-detail": _("An alert that was sent"),
            "offline": _("Without network"),
        },
    ),
    (
        _("Who coordinates"),
        {
            "referral:alert-inbox": _("Alert inbox"),
            "referral:inbox-alert": _("An alert that was received"),
            "referral:case-list": _("Cases"),
            "referral:case-detail": _("A case"),
            "referral:case-consents": _("Agreements of the person"),
            "referral:orientation-new": _("Choice of a service"),
            "referral:orientation-preview": _("What the service will read"),
            "referral:silent-desks": _("Services that have not answered"),
            "referral:dashboard": _("Dashboard"),
        },
    ),
    (
        _("Who answers"),
        {
            "referral:orientation-received": _("Requests received"),
            "referral:orientation-detail": _("A request"),
            "notifications:notice-list": _("Notifications"),
            "profile": _("Profile"),
            "referral:sessions": _("My open sessions"),
        },
    ),
    (
        _("Who administers, who audits, who counts"),
        {
            "referral:programs": _("Connected software"),
            "referral:program-calls": _("Calls of a program"),
            "referral:export-list": _("Exports"),
            "referral:import-list": _("Import cases"),
            "referral:journal": _("Journal"),
            "referral:dashboard-national": _("All situations"),
        },
    ),
)

# Journey -> what it goes through from the keyboard alone.
BY_KEYBOARD = {
    "danger": _("Immediate danger: from the first page to the receipt"),
    "alert": _("An alert: from the first page to the receipt"),
    "coordination": _("Coordination: open an alert, open a case, send a request to a service"),
    "answer": _("A service: open the request, accept it"),
}
