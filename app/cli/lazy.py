"""Commands whose code is imported only when they are run."""

from importlib import import_module

import click


class LazyCommand(click.Command):
    """Stands for a command of a module that a server process has no use for."""

    def __init__(self, name: str, module: str, summary: str) -> None:
        """Stand for the command ``name`` of ``module``, which ``--help`` lists with ``summary``."""
        super().__init__(name, help=summary)
        self._module = module

    def make_context(
        self,
        info_name: str | None,
        args: list[str],
        parent: click.Context | None = None,
        **extra: object,
    ) -> click.Context:
        """Hand over to the command itself."""
        command: click.Command = getattr(import_module(self._module), str(self.name))
        return command.make_context(info_name, args, parent, **extra)
