"""Commands, which call the same domain functions as the pages."""

from flask import Flask
from flask.cli import cli as program

from app.cli.lazy import LazyCommand

# The name, the module, and the line in `flask --help`. A module is imported when its command is
# run: a process that serves pages does not need it.
_COMMANDS = (
    ("db", "db", "Upgrade the database and write revisions."),
    ("users", "users", "Manage users, their roles, passwords and sessions."),
    ("tokens", "tokens", "Manage tokens of the API: create, list, revoke."),
    ("roles", "roles.roles", "Manage roles and the permissions that they grant."),
    ("permissions", "roles.permissions", "Explain permissions: who has one, and why."),
    ("settings", "settings", "List, read and change the settings of the backend."),
    ("attention", "findings.attention", "List what needs attention, and put warnings aside."),
    ("audit", "audit", "Verify, export and prune the record of changes."),
    ("export", "transfer.export", "Write settings, rules, roles, assignments to a file."),
    ("import", "transfer.import_file", "Add and change what a file of an export, or .env, has."),
    ("diff", "transfer.diff", "Tell how a file of an export, or .env, differs."),
    ("webhooks", "webhooks.webhooks", "Tell receivers of changes: manage them, and deliver."),
    ("setup-link", "setup_link", "Print a one-time link for the first administrator."),
    ("compile-templates", "compile_templates", "Compile the page templates ahead of time."),
    ("doctor", "doctor", "Check this installation and report problems."),
)
ABOUT = (
    "These are the commands of RAG Fortress Console, which keeps the settings, users, roles and"
    " permissions of a RAG backend: the rules and the record of changes are those of its pages."
    " Exit codes: 0 done, 1 refused or different, 2 wrong call, 3 database not reached."
)


def register(app: Flask) -> None:
    """Add the commands to ``flask``; the code of each is imported when it is run."""
    program.epilog = ABOUT
    for name, module, summary in _COMMANDS:
        attribute = module.rpartition(".")[2]
        command = LazyCommand(attribute, f"app.cli.{module}", summary)
        app.cli.add_command(command, name)
