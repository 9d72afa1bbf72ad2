"""Editing of rules: of one setting, between settings, and for categories."""

from app.domain.settings.value_rules.editing.flags import (
    FlagsChangedMeanwhile,
    FlagsEdit,
    category_flags,
    change_flags,
    earlier_flags,
    flags_etag,
)
from app.domain.settings.value_rules.editing.listing import (
    AllRules,
    RelationLine,
    RuleLine,
    all_rules,
)
from app.domain.settings.value_rules.editing.present_values import (
    BrokenValue,
    broken_by_rule,
    silent,
)
from app.domain.settings.value_rules.editing.relation import (
    NEW,
    earlier_relation,
    get_relation,
    keys_needing_reason,
    put_relation,
    relation_etag,
    remove_relation,
    review_relation,
)
from app.domain.settings.value_rules.editing.relation_edit import (
    RelationChangedMeanwhile,
    RelationEdit,
    RelationReview,
)
from app.domain.settings.value_rules.editing.rule import (
    RuleChangedMeanwhile,
    RuleEdit,
    RuleReview,
    change_rule,
    earlier_rule,
    own_rule,
    remove_rule,
    review_rule,
    rule_etag,
)
from app.domain.settings.value_rules.editing.typed_rules import (
    TypedRule,
    simple_fields,
    typed_of,
)
from app.domain.settings.value_rules.editing.words import (
    field_in_words,
    relation_in_words,
    rule_in_words,
    schema_in_words,
    typed_in_words,
)
from app.domain.settings.value_rules.schemas import as_text as schema_as_text

__all__ = [
    "NEW",
    "AllRules",
    "BrokenValue",
    "FlagsChangedMeanwhile",
    "FlagsEdit",
    "RelationChangedMeanwhile",
    "RelationEdit",
    "RelationLine",
    "RelationReview",
    "RuleChangedMeanwhile",
    "RuleEdit",
    "RuleLine",
    "RuleReview",
    "TypedRule",
    "all_rules",
    "broken_by_rule",
    "category_flags",
    "change_flags",
    "change_rule",
    "earlier_flags",
    "earlier_relation",
    "earlier_rule",
    "field_in_words",
    "flags_etag",
    "get_relation",
    "keys_needing_reason",
    "own_rule",
    "put_relation",
    "relation_etag",
    "relation_in_words",
    "remove_relation",
    "remove_rule",
    "review_relation",
    "review_rule",
    "rule_etag",
    "rule_in_words",
    "schema_as_text",
    "schema_in_words",
    "silent",
    "simple_fields",
    "typed_in_words",
    "typed_of",
]
