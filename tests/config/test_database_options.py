import ssl
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from app import config
from app.config import Configuration, ConfigurationError

PROVIDERS = ["postgresql", "mysql"]


def of(provider: str, **variables: str) -> Configuration:
    return config.read({"DATABASE_PROVIDER": provider, **variables})


def arguments(configuration: Configuration) -> dict[str, object]:
    return configuration.engine_options["connect_args"]


def refusal(**environ: str) -> str:
    with pytest.raises(ConfigurationError) as refused:
        config.read(environ)
    return str(refused.value)


@dataclass(frozen=True)
class Certificate:
    """The files of a certificate that signed itself."""

    path: str
    key: str


@pytest.fixture(scope="module")
def certificate(tmp_path_factory) -> Certificate:
    folder = tmp_path_factory.mktemp("certificate")
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "db.example")])
    start = datetime.now(UTC)
    builder = x509.CertificateBuilder(
        issuer_name=name,
        subject_name=name,
        public_key=key.public_key(),
        serial_number=1,
        not_valid_before=start,
        not_valid_after=start + timedelta(days=1),
    )
    signed = builder.sign(key, hashes.SHA256())
    path, key_path = folder / "certificate.pem", folder / "key.pem"
    path.write_bytes(signed.public_bytes(Encoding.PEM))
    key_path.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return Certificate(str(path), str(key_path))


@pytest.mark.parametrize("provider", PROVIDERS)
def test_servers_get_a_pool_that_does_not_keep_connections_for_long(provider):
    options = of(provider, DB_POOL_SIZE="7", DB_MAX_OVERFLOW="0").engine_options

    assert {name: value for name, value in options.items() if name != "connect_args"} == {
        "pool_size": 7,
        "max_overflow": 0,
        "pool_timeout": 5,
        "pool_recycle": 1800,
    }


def test_sqlite_waits_for_locks(tmp_path):
    options = config.read({"SQLITE_PATH": str(tmp_path / "x.db")}).engine_options

    assert options == {
        "pool_size": 5,
        "max_overflow": 5,
        "pool_timeout": 5,
        "connect_args": {"timeout": 5},
    }


def test_postgresql_is_told_how_long_to_wait():
    given = arguments(of("postgresql", DB_STATEMENT_TIMEOUT="4", DB_CONNECT_TIMEOUT="2"))

    assert given["connect_timeout"] == 2
    assert given["read_timeout"] == 4
    assert given["options"] == (
        "-c timezone=UTC -c datestyle=ISO -c statement_timeout=4s -c lock_timeout=4s"
        " -c idle_in_transaction_session_timeout=60s -c jit=off"
    )


def test_options_of_the_url_win():
    url = "postgresql://u@h/d?options=-c%20lock_timeout%3D1s&connect_timeout=7"

    given = arguments(config.read({"DATABASE_URL": url}))

    assert given["options"].endswith("-c jit=off -c lock_timeout=1s")
    assert given["connect_timeout"] == 7


def test_mysql_is_told_how_long_to_wait():
    assert arguments(of("mysql", DB_STATEMENT_TIMEOUT="20")) == {
        "charset": "utf8mb4",
        "connect_timeout": 3,
        "read_timeout": 20,
        "write_timeout": 20,
        "init_command": "SET innodb_lock_wait_timeout = 5, lock_wait_timeout = 5",
    }


@pytest.mark.parametrize(
    ("variable", "value", "limits"),
    [
        ("DB_POOL_SIZE", "0", "1 to 100"),
        ("DB_MAX_OVERFLOW", "-1", "0 to 100"),
        ("DB_POOL_TIMEOUT", "61", "1 to 60"),
        ("DB_CONNECT_TIMEOUT", "1.5", "1 to 60"),
        ("DB_STATEMENT_TIMEOUT", "10s", "1 to 86400"),
    ],
)
@pytest.mark.parametrize("provider", [*PROVIDERS, "sqlite"])
def test_a_number_out_of_range_is_one_line(provider, variable, value, limits):
    line = refusal(DATABASE_PROVIDER=provider, **{variable: value})

    assert line == f"{variable} must be a whole number from {limits}."


def test_a_timeout_of_the_url_has_the_same_range():
    assert refusal(DATABASE_URL="postgresql://u@h/d?connect_timeout=soon") == (
        "connect_timeout in DATABASE_URL must be a whole number from 1 to 60."
    )


def test_postgresql_is_given_what_is_said_about_tls(certificate):
    given = arguments(
        of(
            "postgresql",
            DB_SSLMODE="verify-full",
            DB_SSLROOTCERT=certificate.path,
            DB_SSLCERT=certificate.path,
            DB_SSLKEY=certificate.key,
        )
    )

    assert given["sslmode"] == "verify-full"
    assert given["sslrootcert"] == given["sslcert"] == certificate.path
    assert given["sslkey"] == certificate.key


@pytest.mark.parametrize(
    ("url", "mode"),
    [
        ("postgresql://u@h/d?sslmode=require", "require"),
        ("postgresql+asyncpg://u@h/d?ssl=require", "require"),
        ("postgresql://u@h/d", "prefer"),
    ],
)
def test_the_url_wins_about_tls_too(url, mode):
    configuration = config.read({"DATABASE_URL": url, "DB_SSLMODE": "prefer"})

    assert arguments(configuration)["sslmode"] == mode
    assert not configuration.database_url.query


@pytest.mark.parametrize(
    ("mode", "checks", "checks_name"),
    [
        ("require", ssl.CERT_NONE, False),
        ("verify-ca", ssl.CERT_REQUIRED, False),
        ("verify-full", ssl.CERT_REQUIRED, True),
    ],
)
def test_mysql_checks_the_certificate_as_postgresql_would(mode, checks, checks_name, certificate):
    root = {} if mode == "require" else {"DB_SSLROOTCERT": certificate.path}

    context = arguments(of("mysql", DB_SSLMODE=mode, **root))["ssl"]

    assert isinstance(context, ssl.SSLContext)
    assert context.verify_mode == checks
    assert context.check_hostname is checks_name


@pytest.mark.parametrize("mode", ["DISABLED", "disable"])
def test_mysql_can_do_without_tls(mode):
    url = f"mysql://u@h/d?ssl-mode={mode}"

    assert arguments(config.read({"DATABASE_URL": url}))["ssl_disabled"] is True


def test_mysql_trusts_the_authorities_of_the_system():
    context = arguments(of("mysql", DB_SSLMODE="verify-full", DB_SSLROOTCERT="system"))["ssl"]

    assert context.verify_mode == ssl.CERT_REQUIRED
    assert context.check_hostname


def test_mysql_shows_a_certificate(certificate):
    files = {"DB_SSLCERT": certificate.path, "DB_SSLKEY": certificate.key}

    assert arguments(of("mysql", DB_SSLMODE="require", **files))["ssl"]


@pytest.mark.parametrize(
    ("environ", "line"),
    [
        (
            {"DB_SSLMODE": "yes"},
            "DB_SSLMODE must be disable, prefer, require, verify-ca or verify-full.",
        ),
        (
            {"DATABASE_URL": "mysql://u:geheim@h/d?ssl=true"},
            "sslmode in DATABASE_URL must be disable, prefer, require, verify-ca or verify-full.",
        ),
        (
            {"DATABASE_URL": "postgresql://u:geheim@h/d?sslmode=yes"},
            (
                "sslmode in DATABASE_URL must be disable, allow, prefer, require, verify-ca or "
                "verify-full."
            ),
        ),
        (
            {"DB_SSLMODE": "verify-full"},
            (
                "DB_SSLMODE: verify-full needs DB_SSLROOTCERT, the file of the authority that "
                "signed the server's certificate, or the word system."
            ),
        ),
        (
            {"DB_SSLMODE": "require", "DB_SSLROOTCERT": "system"},
            (
                "DB_SSLROOTCERT: a root certificate is used with sslmode verify-ca or verify-full "
                "only."
            ),
        ),
        (
            {"DB_SSLMODE": "verify-ca", "DB_SSLROOTCERT": "system"},
            "DB_SSLROOTCERT: system is used with sslmode verify-full only.",
        ),
        (
            {"DB_SSLMODE": "verify-ca", "DB_SSLROOTCERT": "/absent.pem"},
            "DB_SSLROOTCERT: /absent.pem cannot be read (No such file or directory).",
        ),
        (
            {"DB_SSLMODE": "require", "DB_SSLKEY": "/absent.pem"},
            "DB_SSLCERT and DB_SSLKEY must be given together.",
        ),
    ],
)
def test_a_mistake_about_tls_is_one_line(environ, line):
    assert refusal(**{"DATABASE_PROVIDER": "mysql"} | environ) == line


def test_a_file_that_is_no_certificate_is_one_line(certificate):
    mysql = {"DATABASE_PROVIDER": "mysql", "DB_SSLMODE": "verify-ca"}
    pair = {"DB_SSLCERT": certificate.path, "DB_SSLKEY": certificate.path}

    assert refusal(**mysql, DB_SSLROOTCERT=certificate.key) == (
        "DB_SSLROOTCERT: not a certificate in PEM form."
    )
    assert refusal(**mysql, DB_SSLROOTCERT=certificate.path, **pair) == (
        "DB_SSLCERT: the certificate and its key cannot be used together."
    )


def test_behind_a_pooler_nothing_is_set_or_prepared_for_a_session():
    configuration = of("postgresql", DB_POOLER="PgBouncer")

    assert configuration.is_pooled
    assert "options" not in arguments(configuration)
    assert arguments(configuration)["prepare_threshold"] is None


@pytest.mark.parametrize(
    ("environ", "line"),
    [
        (
            {"DB_POOLER": "yes", "DATABASE_PROVIDER": "postgresql"},
            "DB_POOLER must be none or pgbouncer.",
        ),
        (
            {"DB_POOLER": "pgbouncer", "DATABASE_PROVIDER": "mysql"},
            "DB_POOLER is for PostgreSQL only.",
        ),
        ({"DB_POOLER": "pgbouncer"}, "DB_POOLER is for PostgreSQL only."),
        (
            {"DB_POOLER": "pgbouncer", "DATABASE_URL": "postgresql://h/d?options=-cjit%3Don"},
            "DATABASE_URL: options cannot be used with DB_POOLER.",
        ),
    ],
)
def test_a_mistake_about_the_pooler_is_one_line(environ, line):
    assert refusal(**environ) == line
