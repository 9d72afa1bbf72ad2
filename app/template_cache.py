"""Templates as they were compiled, kept beside their sources as Python keeps modules."""

import threading
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path
from typing import cast

from jinja2 import BaseLoader, BytecodeCache, Environment
from jinja2.bccache import Bucket


class CompiledTemplates(BytecodeCache):
    """What was compiled from a folder of templates.

    To compile those of a page takes 50 ms and more. A process that cannot write here compiles for
    itself what it does not find; whoever can, could write the templates as well.
    """

    def __init__(self, templates: Path) -> None:
        """Keep what belongs to a folder of templates."""
        self._folder = templates / "__pycache__"
        self._suffix = f".jinja-{version('jinja2')}.cache"

    def load_bytecode(self, bucket: Bucket) -> None:
        """Read a template, if it is there and its source has not changed."""
        with suppress(OSError):
            bucket.bytecode_from_string(self._file(bucket).read_bytes())

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep a template that was just compiled, if the folder can be written."""
        with suppress(OSError):
            self._keep(bucket)

    def fill(self, environment: Environment) -> int:
        """Compile all pages ahead; return how many templates they are made of.

        Raises:
            OSError: The folder cannot be written.
        """
        loader = cast(BaseLoader, environment.loader)
        names = environment.list_templates(extensions=["html"])
        for name in names:
            source, path, _ = loader.get_source(environment, name)
            bucket = self.get_bucket(environment, name, path, source)
            bucket.code = environment.compile(source, name, path)
            self._keep(bucket)
        return len(names)

    def _keep(self, bucket: Bucket) -> None:
        file = self._file(bucket)
        # Others see all of it or nothing.
        begun = file.with_suffix(f".{threading.get_native_id()}")
        self._folder.mkdir(exist_ok=True)
        begun.write_bytes(bucket.bytecode_to_string())
        begun.replace(file)

    def _file(self, bucket: Bucket) -> Path:
        return self._folder / f"{bucket.key}{self._suffix}"
