"""Commands of the server, over the same domain functions as the pages."""

from flask import Flask

from app.cli.lazy import LazyCommand

# Name, the same as in its module, and what `flask --help` says. The modules are imported when one
# of their commands is run: a process that serves pages has no use for them.
_COMMANDS = (
    ("db", "db", "Upgrade the database, write revisions."),
    ("users", "users", "Create users, give them roles, let them in or keep them out."),
    ("settings", "settings", "Read and change the backend's settings."),
    ("setup-link", "setup_link", "Print the link with which the first administrator signs up."),
    ("compile-templates", "compile_templates", "Compile pages ahead, at the installation."),
    ("doctor", "doctor", "Say what is right and what is wrong with this installation."),
)


def register(app: Flask) -> None:
    """Add the commands to ``flask``; their code is imported when one is run."""
    for name, module, summary in _COMMANDS:
        app.cli.add_command(LazyCommand(module, f"app.cli.{module}", summary), name)
