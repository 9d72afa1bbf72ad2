"""The benchmark's tables, and the documents that they are put into."""

import re

from bench import report, results

WORK = {"p50": 1.234, "p95": 22.6, "cpu_web": 0.5, "cpu_pg": 0.25, "statements": 2, "control": 0}


def run():
    started = {"cold_s": 0.5, "memory": {"rss_mib": 70.0, "pss_mib": 50.0}}
    large = {"W3": WORK, **started}
    return results.begin() | {"targets": {"baseline": {"1m": large}, "console": {"1m": large}}}


def test_a_table_has_the_consoles_side_by_side():
    lines = report.made(run())["times of 1m"].splitlines()

    assert lines[0] == "|  | console | baseline |"
    assert lines[2:] == ["| W3 users, page 1 | 1.23 / 23 | 1.23 / 23 |"]


def test_a_document_gets_the_tables_that_it_names_again_and_again():
    document = "Before\n<!-- goals -->\nold\n<!-- end of goals -->\nafter, <!-- other -->\n"

    once = report.filled(document, {"goals": r"a \1 table", "times of 1m": "unwanted"})
    twice = report.filled(once, {"goals": "new"})

    assert once == (
        "Before\n<!-- goals -->\n\na \\1 table\n\n<!-- end of goals -->\nafter, <!-- other -->\n"
    )
    assert twice == once.replace(r"a \1 table", "new")


def test_the_documents_name_tables_that_there_are():
    tables = set(report.made(run()))

    for document in report.DOCUMENTS:
        text = document.read_text(encoding="utf-8")
        names = re.findall(r"<!-- end of (.*) -->", text)
        assert names
        assert {name.replace("1k", "1m") for name in names} <= tables
        assert all(f"<!-- {name} -->" in text for name in names)
