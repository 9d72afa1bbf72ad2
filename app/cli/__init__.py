"""Commands, which call the same domain functions as the pages."""

from flask import Flask

from app.cli.lazy import LazyCommand

# The name, the module, and the line in `flask --help`. A module is imported when its command is
# run: a process that serves pages does not need it.
_COMMANDS = (
    ("db", "db", "Upgrade the database and write revisions."),
    ("users", "users", "Manage users: create, list, activate, deactivate, roles, passwords."),
    ("tokens", "tokens", "Manage tokens of the API: create, list, revoke."),
    ("settings", "settings", "List, read and change the settings of the backend."),
    ("audit", "audit", "Verify, export and prune the record of changes."),
    ("export", "export", "Write settings, roles and assignments to a file, without secrets."),
    ("setup-link", "setup_link", "Print a one-time link for creating the first administrator."),
    ("compile-templates", "compile_templates", "Compile the page templates ahead of time."),
    ("doctor", "doctor", "Check this installation and report problems."),
)


def register(app: Flask) -> None:
    """Add the commands to ``flask``; the code of each is imported when it is run."""
    for name, module, summary in _COMMANDS:
        app.cli.add_command(LazyCommand(module, f"app.cli.{module}", summary), name)
