"""Settings in the order of their keys, page by page, as programs read them."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import func, select

from app.domain import paging
from app.domain.paging import Cursors, Page, Sort
from app.domain.settings import editing, read_only, secrecy, secrets
from app.domain.settings.secrets import SecretKeys
from app.domain.text import is_name
from app.models import ApplicationSetting, DbSession

SIZE = 500
BY_KEY = Sort(ApplicationSetting.key, ApplicationSetting.id, is_unique=True)
_COLUMNS = select(
    ApplicationSetting.id,
    ApplicationSetting.key,
    ApplicationSetting.value,
    ApplicationSetting.data_type,
    ApplicationSetting.category,
    ApplicationSetting.description,
    ApplicationSetting.is_mutable,
    ApplicationSetting.secret_mark,
    ApplicationSetting.updated_at,
)


class ShownSetting(NamedTuple):
    """A setting as programs read it.

    Attributes:
        value: Its value with passwords masked; None for "not set", and for a secret.
        etag: The digest of what an editor of the setting sees.
    """

    key: str
    value: str | None
    is_set: bool
    is_secret: bool
    is_mutable: bool
    read_only_reason: str | None
    data_type: str
    category: str | None
    description: str | None
    updated_at: datetime
    etag: str


def shown_setting(setting: ApplicationSetting) -> ShownSetting:
    """Return a setting as programs read it."""
    columns = tuple(getattr(setting, str(column.key)) for column in _COLUMNS.selected_columns)
    return _shown(columns, secrets.keys_for(setting))


def keys_page(
    session: DbSession,
    cursors: Cursors,
    *,
    category: str | None = None,
    prefix: str = "",
    changed_since: datetime | None = None,
    ids: Collection[int] | None = None,
) -> Page:
    """Return one page of `ShownSetting` by key, in one statement.

    Args:
        session: The database session.
        cursors: The cursor of the page.
        category: The category that they are in; "" for those without, None for all.
        prefix: The beginning of their keys.
        changed_since: The time at or after which their rows were written.
        ids: The settings that may be on it; None for all.

    Raises:
        InvalidValue: The cursor is not valid.
    """
    query: Any = _COLUMNS
    if category is not None:
        query = query.where(func.coalesce(ApplicationSetting.category, "") == category)
    if prefix:
        query = query.where(func.substr(ApplicationSetting.key, 1, len(prefix)) == prefix)
    if changed_since is not None:
        query = query.where(ApplicationSetting.updated_at >= changed_since)
    if ids is not None:
        query = query.where(ApplicationSetting.id.in_(ids))
    beginning = paging.start(BY_KEY, after=cursors.after, before=cursors.before)
    if not (is_name(category or "") and is_name(prefix)):
        return Page([], None, None)
    found = session.connection().execute(paging.in_order(query, beginning, SIZE + 1)).all()
    page, keys = paging.page_from(found, beginning, size=SIZE), secrets.keys_of(session)
    rows: Any = [_shown(tuple(row), keys) for row in page.rows]
    return replace(page, rows=rows)


def _shown(columns: tuple[Any, ...], keys: SecretKeys) -> ShownSetting:
    # By position, as there may be hundreds of them.
    _, key, value, data_type, category, description, is_mutable, mark, updated_at = columns
    is_secret = secrecy.is_secret(key, mark=mark) or secrets.is_encrypted(value)
    reason = read_only.why_read_only(
        value,
        data_type,
        is_mutable=is_mutable,
        is_secret=is_secret,
        has_key=keys.current is not None,
    )
    shown = None if value is None or is_secret else secrecy.masked(value)
    seen = secrets.seen_in_etag(value, shown, keys)
    return ShownSetting(
        key,
        shown,
        value is not None,
        is_secret,
        is_mutable,
        reason,
        data_type,
        category,
        description,
        updated_at,
        editing.digest(key, seen, data_type, is_mutable=is_mutable, is_secret=is_secret),
    )
