"""The rules and the secrets of the demo, set by functions of the domain: the record tells of them.

The secrets are generated, and nobody ever sees them. Others stay unset, to be tried out.
"""

import secrets
from datetime import datetime

from sqlalchemy import func, select, update

from app.domain import settings, transfer, users
from app.domain.actor import Actor, ActorKind
from app.domain.settings import SettingEdit
from app.domain.settings.wanted import WantedCategory, WantedRelation, WantedRule
from app.domain.transfer import ImportEdit, TransferFile
from app.models import ApplicationSetting, AuditEvent, ChainHead, DbSession
from tools.demo_people import username_of

PORT = '{"minimum": 1, "maximum": 65535}'
AT_LEAST_1 = '{"minimum": 1}'
TEMPERATURE = '{"minimum": 0, "maximum": 2}'
TIMEOUT = '{"minimum": 1, "maximum": 600}'
PROVIDER = '{"enum": ["openai", "anthropic", "google", "huggingface", "llamacpp", "ollama"]}'
ORIGINS = (
    '{"type": "array", "minItems": 1, "uniqueItems": true,'
    ' "items": {"type": "string", "pattern": "^https?://[^/]+$"}}'
)

RULES = [
    WantedRule("batch_ingestion_size", '{"minimum": 1, "maximum": 500}', "documents"),
    WantedRule("cache_backend", '{"enum": ["memory", "redis"]}'),
    WantedRule("cache_redis_db", '{"minimum": 0, "maximum": 15}'),
    WantedRule("cache_redis_port", PORT),
    WantedRule("cache_ttl_stats", '{"minimum": 0}', "seconds"),
    WantedRule("classifier_llm_provider", PROVIDER),
    WantedRule("classifier_llm_timeout", TIMEOUT, "seconds"),
    WantedRule("cors_allow_origins", ORIGINS),
    WantedRule("embedding_device", '{"enum": ["cpu", "cuda", "mps"]}'),
    WantedRule("fallback_llm_max_tokens", AT_LEAST_1, "tokens"),
    WantedRule("fallback_llm_provider", PROVIDER),
    WantedRule("fallback_llm_timeout", TIMEOUT, "seconds"),
    WantedRule("frontend_url", '{"pattern": "^https://"}'),
    WantedRule("invite_token_expire_days", '{"minimum": 1, "maximum": 90}', "days"),
    WantedRule("job_max_retries", '{"minimum": 0, "maximum": 10}'),
    WantedRule("job_retry_delay", AT_LEAST_1, "seconds"),
    WantedRule("llm_context_size", AT_LEAST_1, "tokens"),
    WantedRule("llm_mode", '{"enum": ["chat", "completion"]}'),
    WantedRule("llm_temperature", TEMPERATURE, severity="warn"),
    WantedRule("llm_timeout", TIMEOUT, "seconds"),
    WantedRule("max_file_size_mb", '{"minimum": 1, "maximum": 1024}', "MB"),
    WantedRule("max_login_attempts", '{"minimum": 3, "maximum": 20}'),
    WantedRule("password_min_length", '{"minimum": 8, "maximum": 128}', "characters"),
    WantedRule("password_reset_token_expire_minutes", '{"minimum": 5}', "minutes"),
    WantedRule("session_timeout_minutes", AT_LEAST_1, "minutes"),
    WantedRule("smtp_from_email", '{"format": "email"}'),
    WantedRule("smtp_port", PORT),
    WantedRule("smtp_server", '{"format": "hostname"}'),
    WantedRule("vector_db_grpc_port", PORT),
    WantedRule("vector_db_port", PORT),
]
RELATIONS = [
    WantedRelation(
        "fallback_llm_timeout >= llm_timeout",
        "warn",
        "The fallback model is slower: give it at least as long as the first one.",
    ),
    WantedRelation(
        "smtp_use_tls == false or smtp_use_ssl == false",
        message="Mail is sent by STARTTLS or by TLS, never by both.",
    ),
    WantedRelation("vector_db_grpc_port != vector_db_port"),
]
CATEGORIES = [WantedCategory("security", requires_reason=True)]
RULER, KEEPER = "Ingrid Solberg", "Wiremu Parata"
SECRETS = ("cache_redis_password", "llm_api_key", "smtp_password")


def add(session: DbSession, at: datetime) -> None:
    """Import the rules, and set secrets if there is a key to encrypt them; the caller commits.

    Args:
        session: The database session, with the people and the settings, and no event after ``at``.
        at: The invented time of it all.
    """
    last = session.scalar(select(func.max(AuditEvent.id))) or 0
    file = TransferFile(rules=RULES, relations=RELATIONS, categories=CATEGORIES)
    edit = ImportEdit(file, "The bounds that we agreed on.")
    transfer.import_file(session, edit, actor=_actor(session, RULER))
    if settings.keys_of(session).current is not None:
        _set_secrets(session, at)
    # What is recorded gets the time of the day; the triggers keep it, unless they are told not to.
    session.execute(update(ChainHead).values(allows_changes=True))
    session.execute(update(AuditEvent).where(AuditEvent.id > last).values(at=at))
    session.execute(update(ChainHead).values(allows_changes=False))


def _set_secrets(session: DbSession, at: datetime) -> None:
    keeper = _actor(session, KEEPER)
    for setting in settings.by_keys(session, SECRETS):
        typed = SettingEdit(secrets.token_urlsafe(), settings.etag_of(setting))
        settings.change(session, setting.id, typed, actor=keeper)
    changed = update(ApplicationSetting).where(ApplicationSetting.key.in_(SECRETS))
    session.execute(changed.values(updated_at=at))


def _actor(session: DbSession, full_name: str) -> Actor:
    user = users.named(session, username_of(full_name))
    return Actor(ActorKind.PERSON, user.username, user.id)
