"""The code of the migrations guide, as it is written there."""

USER_PROFILE = """\
def upgrade() -> None:
    \"""Create user_profile table.\"""
    op.create_table(
        'user_profile',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('user_id', sa.Integer(), nullable=False),
        sa.Column('bio', sa.Text(), nullable=True),
        sa.Column('avatar_url', sa.String(500), nullable=True),
        sa.ForeignKeyConstraint(['user_id'], ['users.id'], ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('id'),
    )

def downgrade() -> None:
    \"""Drop user_profile table.\"""
    op.drop_table('user_profile')
"""

DOCUMENT = """\
# In app/models/document.py
from sqlalchemy import Column, String, Integer, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column
from app.models.base import Base

class Document(Base):
    __tablename__ = "documents"
    
    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(500), nullable=False)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
"""

DOCUMENT_SHARE = """\
def upgrade() -> None:
    permissions_table = sa.table(
        'permissions',
        sa.column('code'),
        sa.column('resource'),
        sa.column('action'),
        # ... other columns
    )
    
    op.bulk_insert(
        permissions_table,
        [
            {
                'code': 'document:share',
                'resource': 'document',
                'action': 'share',
                # ... other fields
            }
        ]
    )
"""

MODELS = """\
from app.models import ApplicationSetting

# Create a setting
setting = ApplicationSetting(
    key="max_document_size",
    value="100MB",
    data_type="string",
    category="documents",
    is_mutable=True,
)

from app.models import User

# Create a user
user = User(
    username="john_doe",
    email="john@example.com",
    password_hash="hashed_password_here",
    full_name="John Doe",
    is_active=True,
    is_verified=False,
)

from app.models import Role

# Assign role to user
admin_role = session.query(Role).filter(Role.name == "admin").first()
user.roles.append(admin_role)

# Through role membership
user.has_role("admin")
"""

# Table by table: the columns, and the indexes with their columns.
COLUMNS = {
    "application_settings": {
        *("id", "key", "value", "data_type", "description", "is_mutable", "category"),
        *("created_at", "updated_at"),
    },
    "users": {
        *("id", "username", "email", "password_hash", "full_name", "bio", "is_active"),
        *("is_verified", "created_at", "updated_at"),
    },
    "roles": {"id", "name", "description", "is_system", "created_at", "updated_at"},
    "permissions": {
        *("id", "code", "resource", "action", "description", "created_at", "updated_at"),
    },
    "user_roles": {"user_id", "role_id"},
    "role_permissions": {"role_id", "permission_id"},
}
UNIQUE = [
    ("application_settings", "key"),
    ("users", "username"),
    ("users", "email"),
    ("roles", "name"),
    ("permissions", "code"),
]
INDEXES = [
    ("users", ["is_active"]),
    ("users", ["created_at"]),
    ("permissions", ["resource"]),
    ("permissions", ["resource", "action"]),
]
SEEDS = {
    "roles.name": {"admin", "user", "viewer"},
    "permissions.code": {"document:create", "user:delete", "settings:update"},
}
