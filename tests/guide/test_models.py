"""The examples of the guide with models, in a process that has the guide's variables only."""

from textwrap import indent

from tests.guide import words

# 001 has inserted max_document_size, so the example's row takes the place of that one.
PROGRAM = f"""
from app import create_app
from app.extensions import db

with create_app().app_context():
    session = db.session
{indent(words.MODELS, "    ")}
    session.query(ApplicationSetting).filter_by(key=setting.key).delete()
    session.add_all([setting, user])
    session.commit()
    print(setting.value, user.has_role("admin"), user.has_role("viewer"))
"""


def test_the_examples_of_the_guide_make_a_setting_and_a_user_with_a_role(checkout):
    checkout.operator.succeed("upgrade")

    assert checkout.python(PROGRAM) == "100MB True False\n"

    query = "SELECT value, category, is_mutable FROM application_settings WHERE {key} = '%s'"
    assert checkout.operator.ask(query % "max_document_size") == [("100MB", "documents", True)]
    query = "SELECT email, full_name, is_active, is_verified FROM users"
    assert checkout.operator.ask(query) == [("john@example.com", "John Doe", True, False)]
