"""A rule and a value that breaks it are saved in the same moment: one of the two is told."""

import json
from dataclasses import replace

import pytest
from sqlalchemy import delete, insert, select, update

from app.domain import settings, transfer
from app.domain.errors import InvalidValue
from app.domain.reviews import ReviewOutdated
from app.domain.settings import NewSetting, SettingEdit
from app.domain.settings.value_rules import editing
from app.domain.settings.value_rules.editing import NEW, RelationEdit, RuleEdit, TypedRule
from app.domain.settings.value_rules.rules import NO_RULE
from app.domain.transfer import ImportEdit
from app.models import ApplicationSetting, SettingRule, ValueRelation
from app.unit_of_work import carry_out, try_out
from tests.races.pairs import Pair
from tests.support.people import acting

ROUNDS = 10
KEY, OTHER = "chunk_size", "llm_max_tokens"
MOST, FITS, BREAKS = "1500", "1000", "1900"
RELATION = f"{KEY} < {OTHER}"
FILES = {
    "rule": {"rules": [{"key": KEY, "schema": f'{{"maximum": {MOST}}}'}]},
    "relation": {"relations": [{"expression": RELATION}]},
}


@pytest.fixture
def couple(ada, person):
    """Two who administer."""
    return [acting(ada), acting(person("boris", roles=["admin"]))]


@pytest.fixture
def start(session):
    """Begins a round: the value fits, and of rules there are only other relations, or none."""
    relations = [row._asdict() for row in session.execute(select(ValueRelation.__table__))]
    engine = session.get_bind()

    def start(*, has_relations):
        with engine.begin() as connection:
            for table in (SettingRule, ValueRelation):
                connection.execute(delete(table))
            if has_relations:
                connection.execute(insert(ValueRelation), relations)
            for key, value in ((KEY, FITS), (OTHER, MOST)):
                named = ApplicationSetting.key == key
                connection.execute(update(ApplicationSetting).where(named).values(value=value))

    session.rollback()
    return start


def saving(session, setting_id, actor):
    """Open the page of the setting; then save a value that the rule forbids."""
    seen = []

    def read():
        seen.append(settings.etag_of(settings.get(session, setting_id)))

    def write():
        edit = SettingEdit(BREAKS, seen[0])
        carry_out(lambda: settings.change(session, setting_id, edit, actor=actor), actor=actor)

    return read, write


def importing(session, kind, actor):
    """Review a file with the rule; then import it as reviewed."""
    content = json.dumps({"format": "rag-fortress-console/2", **FILES[kind]})
    seen = []

    def run(do, reviewed, ask):
        edit = ImportEdit(transfer.read_file(content), reviewed=reviewed)
        return ask(lambda: do(session, edit, actor=actor), actor=actor)

    def read():
        seen.append(run(transfer.review_import, None, try_out).content.text)

    return read, lambda: run(transfer.import_file, seen[0], carry_out)


def ruling(session, setting_id, actor):
    """Review the rule on its page; then save it as reviewed."""
    return _edited(
        session,
        setting_id,
        RuleEdit(TypedRule(maximum=MOST), editing.rule_etag(NO_RULE)),
        (editing.review_rule, editing.change_rule),
        actor,
    )


def relating(session, _setting_id, actor):
    """Review the relation on its page; then save it as reviewed."""
    edit = RelationEdit(RELATION)
    return _edited(session, NEW, edit, (editing.review_relation, editing.put_relation), actor)


def _edited(session, number, edit, functions, actor):
    review, change = functions
    seen = []

    def read():
        found = try_out(lambda: review(session, number, edit, actor=actor), actor=actor)
        seen.append(replace(edit, reviewed=found.content.text))

    def write():
        carry_out(lambda: change(session, number, seen[0], actor=actor), actor=actor)

    return read, write


PAGES = {"rule": ruling, "relation": relating}


@pytest.mark.slow
@pytest.mark.parametrize("has_relations", [True, False], ids=["relations", "no relations"])
@pytest.mark.parametrize("way", ["import", "page"])
@pytest.mark.parametrize("kind", ["rule", "relation"])
@pytest.mark.written_by_others
def test_of_who_saves_a_rule_and_who_saves_a_value_one_is_told(
    app, session, couple, start, kind, way, has_relations
):
    setting_id = settings.by_key(session, KEY).id
    session.rollback()

    with Pair(app) as pair:
        for _ in range(ROUNDS):
            start(has_relations=has_relations)
            if way == "import":
                rule = importing(session, kind, couple[0])
            else:
                rule = PAGES[kind](session, setting_id, couple[0])
            outcomes = pair.at_once(rule, saving(session, setting_id, couple[1]))
            ruled, saved = map(type, outcomes)
            assert (ruled, saved) in {(ReviewOutdated, type(None)), (type(None), InvalidValue)}


@pytest.fixture
def start_without(session):
    """Begins a round: there is no relation, and no setting that the new one will compare."""
    engine = session.get_bind()

    def start_without():
        with engine.begin() as connection:
            connection.execute(delete(ValueRelation))
            connection.execute(delete(ApplicationSetting).where(ApplicationSetting.key == OTHER))
            named = ApplicationSetting.key == KEY
            connection.execute(update(ApplicationSetting).where(named).values(value=BREAKS))

    session.rollback()
    return start_without


def creating(session, actor):
    """Open the page for a new setting; then create one that the first relation forbids."""

    def write():
        new = NewSetting(OTHER, "integer", MOST)
        carry_out(lambda: settings.create(session, new, actor=actor), actor=actor)

    return lambda: settings.read_rules(session, [OTHER]), write


def importing_new(session, actor):
    """Review a file with the setting; then import it as reviewed."""
    entry = {"key": OTHER, "data_type": "integer", "value": MOST}
    content = json.dumps({"format": "rag-fortress-console/2", "settings": [entry]})
    edit = ImportEdit(transfer.read_file(content))

    def write():
        plan = carry_out(lambda: transfer.import_file(session, edit, actor=actor), actor=actor)
        if not plan.saved:
            raise InvalidValue("The import refused it.")

    return lambda: try_out(
        lambda: transfer.review_import(session, edit, actor=actor), actor=actor
    ), write


@pytest.mark.slow
@pytest.mark.parametrize("maker", ["page", "import"])
@pytest.mark.parametrize("creator", [creating, importing_new])
@pytest.mark.written_by_others
def test_of_who_makes_the_first_relation_and_who_creates_its_setting_one_is_told(
    app, session, couple, start_without, maker, creator
):
    with Pair(app) as pair:
        for _ in range(ROUNDS):
            start_without()
            if maker == "import":
                relation = importing(session, "relation", couple[0])
            else:
                relation = relating(session, None, couple[0])
            outcomes = pair.at_once(relation, creator(session, couple[1]))
            ruled, created = map(type, outcomes)
            assert (ruled, created) in {(ReviewOutdated, type(None)), (type(None), InvalidValue)}
