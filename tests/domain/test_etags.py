"""Etags: digests of what was shown."""

import pytest

from app.domain import etags


@pytest.mark.parametrize(
    "cells",
    [
        ("chunk_size", "1000", "integer", True, False),
        ("a.key", None, "string", False, True),
        ('say "hi"\\', "Zoë 𝄞 \x7f\n\t", "", True, True),
        ("\ud800", "\u2028</script>", "json", False, False),
    ],
)
def test_a_row_has_the_digest_of_a_list(cells):
    assert etags.of_row(*cells) == etags.of(list(cells))
