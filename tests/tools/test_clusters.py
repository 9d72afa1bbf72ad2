"""Clusters of docs/clusters.md in small: ``make trust OPTIONS=clusters`` tries them under load."""

import re
import subprocess
from contextlib import suppress
from urllib.parse import quote

import pytest
from sqlalchemy.exc import DBAPIError

from app.database import audit_protection
from app.domain import settings
from app.extensions import db
from tests.migrations.operating import Operator
from tests.support import poolers
from tests.support.equipment import program
from tests.support.servers import Unavailable
from tools.trust import consoles
from tools.trust.clusters import documented, galera, load, pair, proxies


@pytest.fixture
def documented_pair():
    """A primary and its standby, with the settings and commands of the document."""
    try:
        with pair.started() as servers:
            yield servers
    except Unavailable as absence:
        pytest.skip(str(absence))


@pytest.mark.only_on("postgresql")
def test_the_documented_pair_keeps_what_was_saved_when_its_primary_is_lost(documented_pair):
    setting_id, *_ = load.prepared(documented_pair.variables)
    with load.console(documented_pair.variables):
        consoles.save([setting_id], "7")
        before = consoles.count_events()
        documented_pair.kill_primary()
        documented_pair.promote()
        with suppress(DBAPIError):  # A connection of the pool still leads to the lost one.
            settings.get(db.session, setting_id)
        db.session.rollback()

        assert settings.get(db.session, setting_id).value == "7"
        consoles.save([setting_id], "8")
        assert consoles.count_events() == before + 1
        assert consoles.chain_fault() == ""


@pytest.fixture
def documented_node():
    """A node of Galera with the settings of the document, the first of its cluster."""
    try:
        with galera.started(1) as cluster:
            yield cluster.members[0]
    except Unavailable as absence:
        pytest.skip(str(absence))


@pytest.mark.only_on("mysql")
def test_a_server_with_a_binary_log_that_trusts_nobody_is_upgraded_without_triggers(
    documented_node,
):
    place = f"{galera.NAME}:{quote(galera.PASSWORD)}@{documented_node.address}/{galera.NAME}"
    operator = Operator({"DATABASE_URL": f"mysql://{place}"})
    documented_node.ask("SET GLOBAL log_bin_trust_function_creators = OFF")
    operator.succeed("upgrade")

    with operator.engine.connect() as connection:
        assert not audit_protection.is_protected(connection)
    documented_node.ask("SET GLOBAL log_bin_trust_function_creators = ON")
    operator.succeed("downgrade", "010_console_audit_filters")
    operator.succeed("upgrade")
    with operator.engine.connect() as connection:
        assert audit_protection.is_protected(connection)
    operator.close()


@pytest.mark.only_on("mysql")
def test_a_node_that_is_cut_off_from_its_cluster_is_told(documented_node):
    with load.console(galera.variables(documented_node.address)) as app:
        app.test_cli_runner().invoke(args=["db", "upgrade"])
        documented_node.ask("SET GLOBAL wsrep_reject_queries = ALL")

        ready = app.test_client().get("/readyz")
        done = app.test_cli_runner().invoke(args=["settings", "list"])

    assert ready.json["reason"] == "The database server is cut off from its cluster."
    assert (done.exit_code, done.stderr.count("\n")) == (3, 1)
    assert "cut off from its cluster. Start the nodes that are missing" in done.stderr


ADDRESSES = ["127.0.0.1:8001", "127.0.0.1:8002"]
SETTINGS = {
    "haproxy": lambda _home: (
        proxies.haproxy_settings(8000, ADDRESSES)
        + re.sub(r"db(\d)\.example\.org", r"127.0.0.\1", documented.block("haproxy", "mysql-check"))
    ),
    "nginx": lambda home: proxies.nginx_settings(home, 8000, ADDRESSES),
}


@pytest.mark.parametrize(
    ("name", "arguments"), [("haproxy", ["-c", "-f"]), ("nginx", ["-t", "-c"])]
)
def test_the_documented_proxies_take_their_settings(name, arguments, tmp_path):
    if program(name) is None:
        pytest.skip(f"{name} is not installed")
    file = tmp_path / name
    file.write_text(SETTINGS[name](tmp_path))

    done = subprocess.run(
        [program(name), *arguments, file], capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stderr


@pytest.mark.only_on("postgresql")
@pytest.mark.skipif(program("pgbouncer") is None, reason="pgbouncer is not installed")
def test_the_documented_pooler_takes_its_settings(equipment, database_name):
    settings = documented.values(documented.block("ini", "pgbouncer"))
    options = {name: settings[name] for name in ("default_pool_size", "max_client_conn")}

    with poolers.started(
        equipment.servers()[database_name], settings["pool_mode"], **options
    ) as port:
        assert port
