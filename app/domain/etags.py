"""Etags: digests of what an editor saw, to be compared with what is there when it is saved.

Made of the content, because other programs write the same rows and keep no version.
"""

import hashlib
import json

CHARACTERS = 32


def of(content: object) -> str:
    """Return the digest of what was shown: lists and plain values, in one order."""
    return hashlib.sha256(json.dumps(content).encode()).hexdigest()[:CHARACTERS]
