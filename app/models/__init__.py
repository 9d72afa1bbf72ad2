"""The tables: the guide's, and the console's own (named ``console_*``)."""

from app.models.access_guard import AccessGuard
from app.models.api_token import ApiToken, ServiceAccount
from app.models.application_setting import ApplicationSetting
from app.models.audit_chain import ChainEntry, ChainHead
from app.models.audit_event import AuditEvent
from app.models.base import Base, DbSession
from app.models.console_session import ConsoleSession
from app.models.failed_sign_in import FailedSignIn
from app.models.leftovers import forget_leftovers
from app.models.one_time_link import OneTimeLink
from app.models.reader_report import ReaderReport
from app.models.second_factor import RecoveryCode, SecondFactor
from app.models.setting_rule import CategoryRule, SettingRule, ValueRelation
from app.models.sign_in_throttle import SignInBudget
from app.models.user import Permission, Role, User, role_permissions, user_roles
from app.models.user_names import UserNames
from app.models.user_words import user_words
from app.models.webhook import Webhook, WebhookDelivery

__all__ = [
    "AccessGuard",
    "ApiToken",
    "ApplicationSetting",
    "AuditEvent",
    "Base",
    "CategoryRule",
    "ChainEntry",
    "ChainHead",
    "ConsoleSession",
    "DbSession",
    "FailedSignIn",
    "OneTimeLink",
    "Permission",
    "ReaderReport",
    "RecoveryCode",
    "Role",
    "SecondFactor",
    "ServiceAccount",
    "SettingRule",
    "SignInBudget",
    "User",
    "UserNames",
    "ValueRelation",
    "Webhook",
    "WebhookDelivery",
    "forget_leftovers",
    "role_permissions",
    "user_roles",
    "user_words",
]
