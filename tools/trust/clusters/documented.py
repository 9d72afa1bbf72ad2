"""The settings that docs/clusters.md shows: each part of a cluster is started with them."""

from tests.guide.checkout import blocks

DOCUMENT = "docs/clusters.md"


def block(language: str, words: str) -> str:
    """Return the block of a language that has these words."""
    found = [text for text in blocks(DOCUMENT, language) if words in text]
    if len(found) != 1:
        raise LookupError(f"{DOCUMENT} has {len(found)} blocks of {language} with {words!r}.")
    return found[0]


def values(text: str) -> dict[str, str]:
    """Return the lines ``name = value`` of a block, without quotes; remarks are left out."""
    pairs = [
        line.partition("=") for line in text.splitlines() if line[:1] not in {"#", ";", "[", ""}
    ]
    return {name.strip(): value.strip().strip("'") for name, _, value in pairs}
