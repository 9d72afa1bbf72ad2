"""Compiled templates, kept beside their sources as Python keeps compiled modules."""

import hashlib
import secrets
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path
from typing import cast

from jinja2 import BaseLoader, BytecodeCache, Environment
from jinja2.bccache import Bucket

# To be raised when the code that is generated from the same template changes (`app.web.jinja`).
GENERATION = 2
_DIGEST_SIZE = hashlib.sha256().digest_size


class CompiledTemplates(BytecodeCache):
    """The compiled templates of a folder.

    Compiling the templates of a page takes 50 ms or more. A process that cannot write to the folder
    compiles for itself. Jinja's own cache would not do (docs/decisions/0010).

    Each file begins with the digest of the rest. Jinja checks only the first bytes, and Python's
    marshal may take the rest for anything: a file that a full disk or a power failure left torn
    has to be known before it is read.
    """

    def __init__(self, templates: Path) -> None:
        """Keep the compiled templates of a folder."""
        self._folder = templates / "__pycache__"
        self._suffix = f".jinja-{version('jinja2')}-{GENERATION}.cache"

    def load_bytecode(self, bucket: Bucket) -> None:
        """Read a compiled template, unless it is missing or torn or its source has changed."""
        with suppress(OSError):
            content = self._file(bucket).read_bytes()
            bytecode = content[_DIGEST_SIZE:]
            if content[:_DIGEST_SIZE] == _digest(bytecode):
                bucket.bytecode_from_string(bytecode)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep a template that was just compiled, if the folder is writable."""
        with suppress(OSError):
            self._keep(bucket)

    def fill(self, environment: Environment) -> int:
        """Compile all templates ahead of time; return their number.

        Raises:
            OSError: The folder is not writable.
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
        bytecode = bucket.bytecode_to_string()
        # Other processes see either the complete file or none.
        unfinished = file.with_suffix(f".{secrets.token_hex(8)}")
        self._folder.mkdir(exist_ok=True)
        try:
            unfinished.write_bytes(_digest(bytecode) + bytecode)
            unfinished.replace(file)
        finally:
            unfinished.unlink(missing_ok=True)

    def _file(self, bucket: Bucket) -> Path:
        return self._folder / f"{bucket.key}{self._suffix}"


def _digest(bytecode: bytes) -> bytes:
    return hashlib.sha256(bytecode).digest()
