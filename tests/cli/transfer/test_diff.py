from app.domain import settings


def test_the_exit_code_says_whether_there_is_a_difference(flask, session, tmp_path, ada):
    path = str(tmp_path / "console.yaml")
    flask("export", path)

    same = flask("diff", path)
    settings.by_key(session, "chunk_size").value = "5"
    other = flask("diff", path)
    wrong = flask("diff", "-", typed="no file")

    assert (same.code, same.out, same.err) == (0, "", "No difference.\n")
    assert (other.code, other.out) == (1, "~ setting chunk_size: 5 -> 1000\n")
    assert wrong.code == 2


def test_what_only_the_database_has_is_named_and_counts_when_asked(flask, ada):
    file = "format: rag-fortress-console/1\nroles: [{name: x, permissions: []}]\nassignments: []"

    compared = flask("diff", "-", typed=file)
    exact = flask("diff", "-", "--exact", typed=file)

    assert (compared.code, compared.out) == (1, "+ role x\n")
    only_here = "Only in the database, which --exact counts: role admin, role user, role viewer"
    assert compared.err == f"{only_here} and user ada.\nError: 1 difference.\n"
    lines = ["- role admin", "- role user", "- role viewer", "+ role x", "- user ada"]
    assert (exact.code, exact.out.splitlines()) == (1, lines)


def test_what_only_the_database_has_is_no_difference_by_itself(flask, ada):
    empty = "format: rag-fortress-console/1\nassignments: []"

    assert (flask("diff", "-", typed=empty).code, flask("diff", "-", typed=empty).out) == (0, "")
    assert flask("diff", "-", "--exact", typed=empty).code == 1


def test_lines_of_env_are_a_part_of_the_settings(flask):
    assert flask("diff", "-", "--env", typed="CHUNK_SIZE=1000").code == 0
    assert flask("diff", "-", "--env", typed="CHUNK_SIZE=1").code == 1
    exact = flask("diff", "-", "--env", "--exact", typed="CHUNK_SIZE=1")
    assert (exact.code, "Leave out --exact" in exact.err) == (2, True)


def test_rules_are_compared_and_a_value_that_breaks_a_new_one_is_named(flask):
    file = "format: rag-fortress-console/2\nrules:\n"
    file += """- {key: chunk_size, schema: '{"maximum": 500}', unit: tokens}\nrelations: []\n"""

    lines = flask("diff", "-", "--exact", typed=file).out.splitlines()

    [changed] = [line for line in lines if line.startswith("~")]
    assert changed.startswith("~ rule of chunk_size: ")
    assert changed.endswith("(The value of chunk_size breaks it: it must be at most 500.)")
    assert "- rule of log_level" in lines
    assert "- relation chunk_overlap < chunk_size" in lines
