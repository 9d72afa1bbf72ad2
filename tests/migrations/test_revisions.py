"""Writing revisions: numbers, names, and the examples of the guide."""

import pytest

from tests.guide import words
from tests.migrations.operating import Operator

AUTHOR = Operator({"DATABASE_URL": "postgresql://127.0.0.1:1/test"})
LAST = "020_console_audit_ids"
DOCUMENTS = """
    op.create_table(
        "documents",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("title", sa.String(500), nullable=False),
        sa.Column(
            "user_id", sa.Integer(), sa.ForeignKey("users.id", ondelete="CASCADE"), nullable=False
        ),
    )
    """


@pytest.mark.parametrize(
    ("message", "identifier"),
    [
        ("add_user_profile_table", "021_add_user_profile_table"),
        ("003_add_document_category_field", "021_add_document_category_field"),
        ("Add user's Größe", "021_add_user_s_grosse"),
        ("let every role of the console say who made it", "021_let_every_role_of_the"),
        ("a" * 50, "021_" + "a" * 28),
    ],
)
def test_revisions_are_numbered_without_a_database(revisions, message, identifier):
    AUTHOR.succeed("-d", str(revisions.folder), "revision", "-m", message)

    text = (revisions.versions / f"{identifier}.py").read_text(encoding="utf-8")
    assert f'revision: str = "{identifier}"' in text
    assert f'down_revision: str | None = "{LAST}"' in text
    assert "def upgrade() -> None:" in text
    assert "def downgrade() -> None:" in text
    compile(text, identifier, "exec")


def test_the_next_revision_follows_the_one_before(revisions):
    for message in ("add one", "add another"):
        AUTHOR.succeed("-d", str(revisions.folder), "revision", "-m", message)

    names = sorted(path.name for path in revisions.versions.glob("*.py"))
    assert names[-2:] == ["021_add_one.py", "022_add_another.py"]
    assert "021_add_one -> 022_add_another (head)" in AUTHOR.succeed(
        "-d", str(revisions.folder), "history"
    )


@pytest.mark.parametrize("words", [[], ["-m", ""], ["-m", "42"], ["-m", "измени"]])
def test_a_revision_without_a_message_is_not_written(revisions, words):
    before = list(revisions.versions.iterdir())

    result = AUTHOR.run("-d", str(revisions.folder), "revision", *words)

    assert result.exit_code == 2
    assert "Describe the change in a few words" in result.stderr
    assert list(revisions.versions.iterdir()) == before


def test_history_and_heads_need_no_database():
    assert AUTHOR.succeed("heads") == f"{LAST} (head)\n"
    assert "<base> -> 001, Create application_settings" in AUTHOR.succeed("history")


def test_the_examples_of_the_guide_work(operator, revisions):
    folder = ("-d", str(revisions.folder))
    operator.succeed(*folder, "upgrade", "head")
    before = operator.rows()
    revisions.write(
        "021_add_user_profile_table",
        _upgrade(words.USER_PROFILE),
        "op.drop_table('user_profile')",
        after=LAST,
    )
    revisions.write(
        "021_create_documents_table",
        DOCUMENTS,
        'op.drop_table("documents")',
        after="021_add_user_profile_table",
    )
    revisions.write(
        "021_allow_sharing",
        _upgrade(words.DOCUMENT_SHARE),
        "op.execute(\"DELETE FROM permissions WHERE code = 'document:share'\")",
        after="021_create_documents_table",
    )

    operator.succeed(*folder, "upgrade", "head")
    assert {"user_profile", "documents"} < operator.tables()
    assert ("document:share",) in operator.ask("SELECT code FROM permissions")
    operator.succeed(*folder, "check")
    assert operator.refused("upgrade").startswith("The database is at revision 021_allow_sharing")

    for _ in range(3):
        operator.succeed(*folder, "downgrade", "-1")
    assert operator.rows() == before


def test_a_later_change_of_users_in_a_batch_keeps_who_has_which_role(operator, revisions):
    operator.succeed("upgrade")
    operator.execute(
        "INSERT INTO users (username, email, password_hash) VALUES ('nora', 'n@example.com', '!')",
        "INSERT INTO user_roles (user_id, role_id)"
        " SELECT users.id, roles.id FROM users, roles WHERE name = 'viewer'",
    )
    wider = """
        with op.batch_alter_table("users") as batch:
            batch.alter_column("full_name", existing_type=sa.String({old}), type_=sa.String({new}))
        """
    revisions.write(
        "021_wider_names",
        wider.format(old=255, new=500),
        wider.format(old=500, new=255),
        after=LAST,
    )
    query = (
        "SELECT username, name FROM user_roles"
        " JOIN users ON users.id = user_id JOIN roles ON roles.id = role_id"
    )

    operator.succeed("-d", str(revisions.folder), "upgrade")
    assert operator.ask(query) == [("nora", "viewer")]
    assert "modify type users.full_name" in operator.succeed("-d", str(revisions.folder), "check")

    operator.succeed("-d", str(revisions.folder), "downgrade", "-1")
    assert operator.ask(query) == [("nora", "viewer")]
    operator.succeed("check")


def _upgrade(code):
    """What stands in the guide's upgrade()."""
    return code.partition("\n\ndef downgrade")[0].partition("\n")[2]
