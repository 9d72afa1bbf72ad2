"""The commands of the guide, typed as they are written there, with the variables it names."""

import pytest

from app.database import revisions
from tests.guide import words
from tests.guide.checkout import blocks

WITH_DOCUMENT = """
from app import create_app
from app.extensions import db
from app.models import Role, User
from app.models.document import Document

with create_app().app_context():
    session = db.session
    admin_role = session.query(Role).filter(Role.name == "admin").first()
    ada = User(username="ada", email="ada@example.org", password_hash="-", roles=[admin_role])
    session.add(ada)
    session.flush()
    session.add(Document(title="Ada's notes", user_id=ada.id))
    session.commit()
    print(session.query(Document).one().title, ada.has_permission("document:share"))
"""


@pytest.fixture
def examples():
    """The revisions that docs/development.md shows: user_profile, documents, document:share."""
    return [code for code in blocks("docs/development.md", "python") if "def upgrade" in code]


def test_revisions_are_written_filled_in_and_applied_as_the_guide_says(checkout, examples):
    _, documents, share = examples
    (checkout.folder / "app" / "models" / "document.py").write_text(words.DOCUMENT)
    checkout.run('python migrate.py revision -m "add_user_profile_table"')
    checkout.fill_in("021_add_user_profile_table", words.USER_PROFILE)
    checkout.write_revision("022_create_documents_table", documents)
    checkout.write_revision("023_share_documents", words.DOCUMENT_SHARE + _downgrade_of(share))

    checkout.run("python migrate.py upgrade head")
    assert checkout.run("python migrate.py current") == "023_share_documents (head)\n"
    assert checkout.python(WITH_DOCUMENT) == "Ada's notes True\n"
    assert checkout.operator.ask("SELECT id, user_id, bio, avatar_url FROM user_profile") == []

    checkout.run("python migrate.py downgrade -1")
    assert {*words.COLUMNS, "user_profile", "documents"} < checkout.operator.tables()
    assert ("document:share",) not in checkout.operator.ask("SELECT code FROM permissions")


def test_the_revisions_of_the_documents_go_up_and_down(checkout, examples):
    profile, documents, share = examples
    checkout.write_revision("021_add_user_profile_table", profile)
    checkout.write_revision("022_create_documents", documents + DROP_DOCUMENTS)
    checkout.write_revision("023_share_documents", share)

    checkout.in_process("upgrade", "head")
    after = checkout.operator.ask("SELECT resource, action, description FROM permissions")
    assert ("document", "share", "Share documents with people outside.") in after

    checkout.in_process("downgrade", revisions.head())
    assert checkout.operator.succeed("check") == "The tables match the models.\n"
    assert not {"user_profile", "documents"} & checkout.operator.tables()


DROP_DOCUMENTS = '\n\ndef downgrade() -> None:\n    op.drop_table("documents")\n'


@pytest.mark.only_on("sqlite")
def test_the_history_is_complete(checkout):
    lines = checkout.run("python migrate.py history").splitlines()

    newest_first = [line.split(" -> ")[1].split(",")[0].split()[0] for line in lines]
    assert tuple(reversed(newest_first)) == revisions.known()


@pytest.mark.only_on("sqlite")
def test_a_new_revision_is_an_empty_file_that_can_be_edited(checkout):
    checkout.run('python migrate.py revision -m "your migration message"')

    path = checkout.folder / "migrations" / "versions" / "021_your_migration_message.py"
    assert path.read_text().count("    pass\n") == 2
    checkout.in_process("upgrade", "head")
    assert checkout.in_process("current") == "021_your_migration_message (head)\n"


def test_a_drafted_revision_runs_and_leaves_nothing_to_check(checkout, examples):
    (checkout.folder / "app" / "models" / "document.py").write_text(words.DOCUMENT)
    checkout.in_process("upgrade")
    assert "Missing changes: add table documents." in checkout.type("flask db check").stderr

    checkout.run('flask db migrate --autogenerate -m "create documents table"')
    checkout.run("flask db upgrade")
    assert checkout.run("flask db check") == "The tables match the models.\n"

    # The one that the documents show instead.
    checkout.in_process("downgrade", "--", "-1")
    [drafted] = checkout.folder.glob("migrations/versions/*_create_documents_table.py")
    checkout.fill_in(drafted.stem, examples[1])
    checkout.in_process("upgrade")
    assert checkout.run("flask db check") == "The tables match the models.\n"


def test_a_permission_without_types_is_refused_as_a_script_in_a_line(checkout):
    name = f"{int(revisions.head()[:3]) + 1:03}_share_documents"
    checkout.write_revision(name, words.DOCUMENT_SHARE)
    checkout.in_process("upgrade", revisions.head())

    done = checkout.type(f"flask db upgrade {revisions.head()}:head --sql")

    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith(f"Error: {name}.py, line ")
    assert "a script needs the types of columns" in done.stderr
    assert "Traceback" not in done.stderr
    assert checkout.in_process("upgrade", "head") == ""


def _downgrade_of(code):
    return "\n\n" + code[code.index("def downgrade") :]
