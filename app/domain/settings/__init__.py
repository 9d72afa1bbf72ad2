"""Settings: their values, found, changed, created, deleted and restored."""

from app.domain.settings.as_of import AsOf, PastValue, as_of
from app.domain.settings.bulk import (
    BulkSettingEdit,
    ValueDifference,
    change_many,
    review_many,
    undo,
)
from app.domain.settings.bulk_refusal import (
    BulkInvalid,
    BulkOutdated,
    BulkReadOnly,
    BulkRefused,
)
from app.domain.settings.editing import (
    SettingChangedMeanwhile,
    SettingEdit,
    SettingIsReadOnly,
    change,
    etag_of,
    overwrite,
)
from app.domain.settings.key_listing import keys_page
from app.domain.settings.last_changes import LastChange, last_changes
from app.domain.settings.lifecycle import (
    NO_DELETION,
    create,
    delete,
    deletion_event,
    deletion_refusal,
    restore,
)
from app.domain.settings.listing import (
    STATES,
    SettingFilter,
    SettingLine,
    by_category,
    matching,
    read_all,
)
from app.domain.settings.lookup import by_key, by_keys, get
from app.domain.settings.marking import WouldReveal, mark_secret, why_still_secret
from app.domain.settings.new_setting import NewSetting, is_taken
from app.domain.settings.outside import (
    OutsideChange,
    all_outside_changes,
    outside_changes,
    record_all_outside,
)
from app.domain.settings.read_only import always_set, read_only_reason
from app.domain.settings.readers import (
    Effect,
    Readers,
    effect_of_setting,
    read_readers,
)
from app.domain.settings.related import RuleState, rule_state
from app.domain.settings.saves import SavedValue, changes_of
from app.domain.settings.secrecy import IS_SET, holds_password, is_secret, masked
from app.domain.settings.secret_marks import SecretMarks, secret_ids, secret_marks
from app.domain.settings.secret_rotation import (
    FORMER,
    FORMER_OR_CLEAR,
    encrypt_again,
    ids_to_encrypt,
    secret_states,
)
from app.domain.settings.secrets import (
    KEYS,
    NO_KEY,
    SecretKeys,
    SecretState,
    is_secret_setting,
    keys_of,
    secret_state,
    shown_value,
)
from app.domain.settings.strict_json import NotJson, read_json
from app.domain.settings.validity import problem
from app.domain.settings.value_rules.checks import UnusualValue
from app.domain.settings.value_rules.relations import Relation
from app.domain.settings.value_rules.rules import (
    RuleSeverity,
    SettingRules,
    ValueRule,
    read_rules,
    take_turns,
)
from app.domain.settings.value_rules.schema_mistakes import sentence as schema_mistake
from app.domain.settings.value_rules.schemas import choices, hint, keywords
from app.domain.settings.values import (
    EMPTY,
    HIDDEN,
    NOT_SET,
    SUMMARY_CHARACTERS,
    DataType,
    canonical,
    change_in_sentence,
    describe,
    in_sentence,
    is_same,
    note_of_ends,
)
from app.domain.settings.versions import (
    Version,
    deleted_page,
    is_result,
    version,
    versions_page,
)
from app.domain.settings.wanted import SettingsPlan, WantedSetting, plan_wanted, save_wanted

__all__ = [
    "EMPTY",
    "FORMER",
    "FORMER_OR_CLEAR",
    "HIDDEN",
    "IS_SET",
    "KEYS",
    "NOT_SET",
    "NO_DELETION",
    "NO_KEY",
    "STATES",
    "SUMMARY_CHARACTERS",
    "AsOf",
    "BulkInvalid",
    "BulkOutdated",
    "BulkReadOnly",
    "BulkRefused",
    "BulkSettingEdit",
    "DataType",
    "Effect",
    "LastChange",
    "NewSetting",
    "NotJson",
    "OutsideChange",
    "PastValue",
    "Readers",
    "Relation",
    "RuleSeverity",
    "RuleState",
    "SavedValue",
    "SecretKeys",
    "SecretMarks",
    "SecretState",
    "SettingChangedMeanwhile",
    "SettingEdit",
    "SettingFilter",
    "SettingIsReadOnly",
    "SettingLine",
    "SettingRules",
    "SettingsPlan",
    "UnusualValue",
    "ValueDifference",
    "ValueRule",
    "Version",
    "WantedSetting",
    "WouldReveal",
    "all_outside_changes",
    "always_set",
    "as_of",
    "by_category",
    "by_key",
    "by_keys",
    "canonical",
    "change",
    "change_in_sentence",
    "change_many",
    "changes_of",
    "choices",
    "create",
    "delete",
    "deleted_page",
    "deletion_event",
    "deletion_refusal",
    "describe",
    "effect_of_setting",
    "encrypt_again",
    "etag_of",
    "get",
    "hint",
    "holds_password",
    "ids_to_encrypt",
    "in_sentence",
    "is_result",
    "is_same",
    "is_secret",
    "is_secret_setting",
    "is_taken",
    "keys_of",
    "keys_page",
    "keywords",
    "last_changes",
    "mark_secret",
    "masked",
    "matching",
    "note_of_ends",
    "outside_changes",
    "overwrite",
    "plan_wanted",
    "problem",
    "read_all",
    "read_json",
    "read_only_reason",
    "read_readers",
    "read_rules",
    "record_all_outside",
    "restore",
    "review_many",
    "rule_state",
    "save_wanted",
    "schema_mistake",
    "secret_ids",
    "secret_marks",
    "secret_state",
    "secret_states",
    "shown_value",
    "take_turns",
    "undo",
    "version",
    "versions_page",
    "why_still_secret",
]
