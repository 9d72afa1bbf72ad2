"""Settings in the order of their keys, page by page."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from app.domain import paging
from app.domain.paging import Cursors, Page, Sort
from app.domain.text import is_name
from app.models import ApplicationSetting, DbSession

BY_KEY = Sort(ApplicationSetting.key, ApplicationSetting.id, is_unique=True)


def keys_page(
    session: DbSession,
    cursors: Cursors,
    *,
    category: str | None = None,
    prefix: str = "",
    changed_since: datetime | None = None,
    ids: Collection[int] | None = None,
) -> Page:
    """Return one page of settings by key, in one statement.

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
    query: Any = select(ApplicationSetting)
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
    rows: Any = session.scalars(paging.in_order(query, beginning, paging.SIZE + 1)).all()
    return paging.page_from(rows, beginning)
