"""Findings of ``flask doctor`` about rules that other programs wrote and nobody can read."""

from collections.abc import Iterator

from app.domain.phrases import counted, listed
from app.domain.settings.value_rules import editing
from app.extensions import db

NAMED = 5


def rule_warnings() -> Iterator[str]:
    """Yield what is wrong with stored rules and relations."""
    found = editing.all_rules(db.session)
    if keys := [one.key for one in found.rules if not one.is_readable]:
        have = counted(len(keys), "rule", "rules")
        yield (
            f"{have} cannot be read, so every change is refused: {listed(keys, NAMED)}."
            " Correct them: flask settings rule KEY"
        )
    for one in found.rules:
        for sentence in one.unchecked:
            yield f"The rule of {one.key}: {sentence} Correct it: flask settings rule {one.key}"
    for each in found.relations:
        for sentence in each.unchecked:
            yield f"The relation {each.relation.id}: {sentence}"
    unread = [one.relation for one in found.relations if not one.relation.is_readable]
    if unread:
        have = counted(len(unread), "relation", "relations")
        texts = listed([f"“{one.expression}” ({one.id})" for one in unread], NAMED)
        yield (
            f"{have} cannot be read and checks nothing: {texts}."
            " Replace it: flask settings add-relation EXPRESSION --replaces NUMBER"
        )
