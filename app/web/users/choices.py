"""The choices of the filters and orders of the list of users."""

ORDERS = [
    ("username", "User name, A to Z"),
    ("-username", "User name, Z to A"),
    ("email", "Email, A to Z"),
    ("-email", "Email, Z to A"),
    ("-created", "Created, newest first"),
    ("created", "Created, oldest first"),
]
STATUSES = [
    ("", "Any status"),
    ("active", "Active"),
    ("inactive", "Inactive"),
    ("unverified", "Not verified"),
]
SIGNED_IN = [
    ("", "Any time"),
    ("lately", "In the last 90 days"),
    ("idle", "More than 90 days ago"),
    ("never", "Never"),
]
KINDS = [
    ("", "Any kind"),
    ("person", "People"),
    ("service", "Service accounts"),
]
