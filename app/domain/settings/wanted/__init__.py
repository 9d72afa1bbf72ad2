"""Settings as a file wants them."""

from app.domain.settings.wanted.plan import SettingsPlan, WantedSetting, plan_wanted
from app.domain.settings.wanted.saving import save_wanted

__all__ = ["SettingsPlan", "WantedSetting", "plan_wanted", "save_wanted"]
