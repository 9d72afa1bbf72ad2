"""Commands whose code is imported when they are run."""

from importlib import import_module

import click


class LazyCommand(click.Command):
    """A placeholder for the command of a module that is not imported yet."""

    def __init__(self, name: str, module: str, summary: str) -> None:
        """Represent the command ``name`` of ``module``, which ``--help`` lists with ``summary``."""
        super().__init__(name, help=summary)
        self._module = module

    def make_context(
        self,
        info_name: str | None,
        args: list[str],
        parent: click.Context | None = None,
        **extra: object,
    ) -> click.Context:
        """Import the command and pass the arguments on."""
        command: click.Command = getattr(import_module(self._module), str(self.name))
        return command.make_context(info_name, args, parent, **extra)
