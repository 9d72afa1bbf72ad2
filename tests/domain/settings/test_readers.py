"""What readers report is validated, and compared with what is stored."""

import hashlib
import json
import time

import pytest

from app.domain import settings
from app.domain.settings.readers import reports
from app.models import ReaderReport

NOW = int(time.time())


def digest(text):
    return hashlib.sha256(text.encode()).hexdigest()


def value(text, source="database", since=NOW - 60, *, shown=True, same=None):
    return [source, digest(text), since, text if shown else None, same]


@pytest.fixture
def report(session):
    """Writes a row as a reader does: ``report("api-1", chunk_size=value("1000"))``."""

    def report(instance, /, seconds_ago=0, text=None, name="api", **values):
        row = ReaderReport(
            name=name,
            instance=instance,
            last_seen=int(time.time()) - seconds_ago,
            digest="",
            settings=text or json.dumps({"version": 1, "settings": values}),
        )
        session.add(row)
        session.commit()

    return report


@pytest.fixture
def effect(session):
    """The effect of a setting, the same on its page and in the list."""

    def effect(key="chunk_size"):
        found = settings.effect_of_setting(session, settings.by_key(session, key))
        [line] = [line for line in settings.read_all(session) if line.key == key]
        assert line.effect == found
        return found

    return effect


def sentences(effect):
    return [deviation.sentence for deviation in effect.deviations]


def test_without_a_report_nothing_is_known(effect):
    found = effect()

    assert found.headline == "Stored. The console does not know when the backend reads it."
    assert (found.since, found.deviations, found.note) == (None, (), "")


def test_all_readers_run_the_stored_value_since_the_last_had_it(report, effect):
    report("api-1", chunk_size=value("1000", since=NOW - 90))
    report("api-2", chunk_size=value("1000", since=NOW - 30))

    found = effect()
    assert found.headline == "2 of 2 running 1000"
    assert found.since.timestamp() == NOW - 30
    assert found.note == ""


def test_who_runs_something_else_is_named(report, effect):
    report("api-1", chunk_size=value("1000"))
    report("api-2", chunk_size=value("800"))
    report("api-3", chunk_size=["environment", digest("1000"), NOW, "1200", False])
    report("api-4", other=value("1"))

    found = effect()
    assert found.headline == "1 of 4 running 1000"
    assert sentences(found) == [
        "api-2 still 800",
        "overridden by the environment on api-3: 1200",
        "api-4 does not have it yet",
    ]
    assert found.note == "1 of 4 running it"


def test_a_value_that_is_overridden_everywhere_is_said_in_few_words(report, effect):
    report("api-1", chunk_size=["environment", digest("1000"), NOW, "1200", False])
    report("api-2", chunk_size=value("1000"))

    assert effect().note == "Overridden on api-1"


@pytest.mark.only_on("sqlite")
@pytest.mark.parametrize(
    ("is_same", "said"),
    [(True, "the same value"), (False, "a different value"), (None, "a value")],
)
def test_of_a_secret_only_is_said_whether_it_is_the_same(report, effect, is_same, said):
    # The text is there by the fault of another program: it is not shown for all that.
    report("api-1", llm_api_key=["environment", "", NOW, "canary-4711", is_same])

    found = effect("llm_api_key")
    assert sentences(found) == [f"overridden by the environment on api-1: {said}"]
    assert found.running == (1 if is_same else 0)


@pytest.mark.only_on("sqlite")
def test_a_password_is_masked_before_a_long_text_is_cut(report, effect):
    address = f"postgresql://app:canary-4711{'x' * 80}@h/db"
    report("api-1", llm_endpoint_url=["environment", "", NOW, address, None])

    [said] = sentences(effect("llm_endpoint_url"))
    assert said == "overridden by the environment on api-1: postgresql://app:•••@h/db"


def test_a_value_that_is_not_utf_8_is_shown_for_all_that(report, effect, sign_in, ada, session):
    # As Python reads a byte of an environment that is not UTF-8.
    report("api-1", chunk_size=["environment", "", NOW, "caf\udce9", None])

    assert sentences(effect()) == ["overridden by the environment on api-1: caf?"]
    path = f"/settings/{settings.by_key(session, 'chunk_size').id}"
    assert "api-1: caf?" in sign_in(ada).get(path).text


def test_a_reader_that_reports_no_longer_fades(report, effect):
    report("api-1", seconds_ago=90, chunk_size=value("800"))

    found = effect()
    assert (found.readers, found.headline) == (0, "Stored. No program has reported")
    assert found.last_seen is not None


@pytest.mark.only_on("sqlite")
def test_a_report_of_yesterday_or_of_tomorrow_is_not_known(report, effect):
    report("api-1", seconds_ago=100_000, chunk_size=value("800"))
    report("api-2", seconds_ago=-100_000, chunk_size=value("800"))

    assert effect().headline.startswith("Stored. The console does not know")


@pytest.mark.only_on("sqlite")
@pytest.mark.parametrize(
    "text",
    [
        "",
        "[",
        "[" * 100_000,
        "[]",
        '{"settings": []}',
        '{"settings": {"chunk_size": "1000"}}',
        '{"settings": {"chunk_size": ["database", "x", 1, null, null]}}',
        '{"settings": {"chunk_size": ["elsewhere", "", 1, null, null]}}',
        '{"settings": {"chunk_size": ["database", "", 1e400, null, null]}}',
        '{"settings": {"chunk_size": ["database", "", -1, null, null]}}',
        '{"settings": {"chunk_size": ["database", "", 99999999999999999999, 5, null]}}',
        "x" * (reports.LONGEST_REPORT + 1),
    ],
    ids=range(12),
)
def test_a_report_that_is_none_counts_for_nothing(report, effect, text):
    report("api-1", text=text or " ")

    assert effect().readers == 0


@pytest.mark.only_on("sqlite")
def test_hostile_names_and_values_are_short_and_visible(report, effect):
    report("\u202e" + "x" * 99, chunk_size=value("\u202e<b>" + "y" * 5_000), name="")

    [sentence] = sentences(effect())
    assert "\u202e" not in sentence
    assert len(sentence) < 200
