"""Settings and rules as a file wants them."""

from app.domain.settings.wanted.plan import SettingsPlan, WantedSetting, plan_wanted
from app.domain.settings.wanted.rules import (
    RulesPlan,
    WantedCategory,
    WantedRelation,
    WantedRule,
    WantedRules,
    lock_rules,
    wanted_rules,
)
from app.domain.settings.wanted.rules_finish import finish_rules
from app.domain.settings.wanted.rules_plan import plan_rules
from app.domain.settings.wanted.rules_saving import reason_for_rules, save_rules
from app.domain.settings.wanted.saving import save_wanted

__all__ = [
    "RulesPlan",
    "SettingsPlan",
    "WantedCategory",
    "WantedRelation",
    "WantedRule",
    "WantedRules",
    "WantedSetting",
    "finish_rules",
    "lock_rules",
    "plan_rules",
    "plan_wanted",
    "reason_for_rules",
    "save_rules",
    "save_wanted",
    "wanted_rules",
]
