<%def name="literal(value)">${'"%s"' % value if isinstance(value, str) else repr(value)}</%def>\
"""${message}

Revision ID: ${up_revision}
Revises: ${down_revision | comma,n}
"""

import sqlalchemy as sa
from alembic import op
% if imports:

${imports}
% endif

revision: str = ${literal(up_revision)}
down_revision: str | None = ${literal(down_revision)}
branch_labels: str | None = ${literal(branch_labels)}
depends_on: str | None = ${literal(depends_on)}


def upgrade() -> None:
    """Say what changes."""
    ${upgrades if upgrades else "pass"}


def downgrade() -> None:
    """Say what is taken back."""
    ${downgrades if downgrades else "pass"}
