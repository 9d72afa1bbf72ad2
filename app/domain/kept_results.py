"""Results about stored values that a process keeps, long values by their digests."""

from collections import OrderedDict
from hashlib import sha256
from threading import Lock

_LONGEST = 400
Key = tuple[str | bytes, ...]


class KeptResults:
    """The newest results by the texts that they are about; a result is a text itself."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._lock = Lock()
        self._results: OrderedDict[Key, str] = OrderedDict()

    def get(self, key: Key) -> str | None:
        """Return the result of a key; None for one that is not kept."""
        with self._lock:
            result = self._results.get(key)
            if result is not None:
                self._results.move_to_end(key)
            return result

    def keep(self, key: Key, result: str) -> str:
        """Keep a result and return it; the one that was asked for longest ago may go."""
        with self._lock:
            self._results[key] = result
            while len(self._results) > self._most:
                self._results.popitem(last=False)
        return result


def key_of(*texts: str) -> Key:
    """Return the key of texts; of a long one it holds the digest, so that no memory is lost."""
    return tuple(text if len(text) <= _LONGEST else _digest(text) for text in texts)


def _digest(text: str) -> bytes:
    return sha256(text.encode(errors="surrogatepass")).digest()
