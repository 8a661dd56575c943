"""The configuration: complete, or refused with every problem named."""

import tempfile
from pathlib import Path

import pytest

from mediavault.config import AppConfig, InvalidConfig

KEY = "k3y-0123456789-abcdefghijklmnopqrstuvwxyz"
GOOD = {"SECRET_KEY": KEY, "DATABASE_URL": "postgres://u:p@db:5432/vault", "MEDIA_ROOT": "/media"}


def problems_of(environ: dict[str, str]) -> tuple[str, ...]:
    with pytest.raises(InvalidConfig) as refused:
        AppConfig.from_env(environ)
    return refused.value.problems


def test_three_variables_are_enough() -> None:
    config = AppConfig.from_env(GOOD)
    assert (config.secret_key, config.media_root, config.media_url) == (KEY, "/media", "/media/")
    assert config.allowed_hosts == ("localhost", "127.0.0.1", "[::1]")
    assert config.max_upload_size == 10 * 1024**3
    assert (config.secure_proxy_ssl_header, config.session_cookie_secure) == (None, False)


def test_nothing_set_names_all_that_is_missing_at_once() -> None:
    assert [problem.split()[0] for problem in problems_of({})] == ["MEDIA_ROOT", "SECRET_KEY", "DATABASE_URL"]


def test_reading_changes_nothing_and_repeats() -> None:
    environ = dict(GOOD)
    assert AppConfig.from_env(environ) == AppConfig.from_env(environ)
    assert environ == GOOD


def test_secrets_are_read_from_the_files_named(tmp_path: Path) -> None:
    (tmp_path / "key").write_text(KEY + "\n")
    (tmp_path / "url").write_text("postgres://u:p%40ss@db:5432/vault\n")
    files = {"SECRET_KEY_FILE": str(tmp_path / "key"), "DATABASE_URL_FILE": str(tmp_path / "url")}
    config = AppConfig.from_env({"MEDIA_ROOT": "/media", **files})
    assert config.secret_key == KEY
    assert config.database["PASSWORD"] == "p@ss"


def test_a_secret_given_twice_is_refused() -> None:
    assert problems_of({**GOOD, "SECRET_KEY_FILE": "/somewhere"}) == (
        "SECRET_KEY and SECRET_KEY_FILE are both set: keep one of them.",
    )


def test_a_secret_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    environ = {**GOOD, "SECRET_KEY": "", "SECRET_KEY_FILE": str(tmp_path / "none")}
    (problem,) = problems_of(environ)
    assert problem.startswith("SECRET_KEY_FILE names")
    assert "No such file" in problem


@pytest.mark.parametrize(
    "key", ["short", "a" * 50, "django-insecure-0123456789abcdefghijklmnopqrstuvwxyz", " " * 60]
)
def test_a_weak_key_is_refused_and_never_told(key: str) -> None:
    (problem,) = problems_of({**GOOD, "SECRET_KEY": key})
    assert problem.startswith("SECRET_KEY is ")
    assert key not in problem


@pytest.mark.parametrize(
    "url",
    [
        "mysql://u:p@h/db",
        "vault",
        "postgres://u:pa55@h:port/db",
        "postgres://u:pa55@h:5432/",
        "sqlite://",
        "://",
    ],
)
def test_a_database_that_cannot_be_used_is_refused_without_its_password(url: str) -> None:
    (problem,) = problems_of({**GOOD, "DATABASE_URL": url})
    assert problem.startswith("DATABASE_URL ")
    assert "pa55" not in problem


def test_a_postgresql_url_keeps_its_options() -> None:
    config = AppConfig.from_env({**GOOD, "DATABASE_URL": "postgresql://u:p@h/db?sslmode=require"})
    assert config.database["ENGINE"] == "mediavault.database"
    assert config.database["MAX_CONNECTIONS"] == 16
    assert config.database["OPTIONS"]["sslmode"] == "require"
    assert config.database["OPTIONS"]["connect_timeout"] == 5
    assert config.database["OPTIONS"]["tcp_user_timeout"] == 20_000


def test_sqlite_waits_for_its_turn_and_syncs() -> None:
    config = AppConfig.from_env({**GOOD, "DATABASE_URL": "sqlite:////data/db.sqlite3"})
    assert config.database["NAME"] == "/data/db.sqlite3"
    assert config.database["OPTIONS"]["transaction_mode"] == "IMMEDIATE"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ALLOWED_HOSTS", " , "),
        ("CSRF_TRUSTED_ORIGINS", "vault.example.com"),
        ("CSRF_TRUSTED_ORIGINS", "https://vault.example.com/path"),
        ("MEDIA_ROOT", "media"),
        ("MEDIA_URL", "media"),
        ("MEDIA_URL", "/"),
        ("MEDIA_URL", "/api/media/"),
        ("DATA_UPLOAD_MAX_MEMORY_SIZE", "100 MB"),
        ("FILE_UPLOAD_MAX_MEMORY_SIZE", "0"),
        ("MAX_UPLOAD_SIZE", "-1"),
        ("MAX_UPLOAD_SIZE", "²"),
        ("ZIP_MAX_ENTRIES", "0"),
        ("WEB_THREADS", "0"),
        ("WEB_THREADS", "1001"),
        ("LOG_LEVEL", "LOUD"),
        ("SECURE_HSTS_SECONDS", "1h"),
        ("SESSION_COOKIE_SECURE", "yes"),
        ("NUM_PROXIES", "11"),
        ("DATABASE_MAX_CONNECTIONS", "0"),
        ("SCAN_COMMAND", "no-such-program -"),
        ("SCAN_COMMAND", "sh -c 'exit"),
        ("SCAN_SECONDS", "300"),
    ],
)
def test_a_bad_value_is_named(name: str, value: str) -> None:
    (problem,) = problems_of({**GOOD, name: value})
    assert problem.startswith(name + " ")


def test_the_seeds_memory_settings_are_taken() -> None:
    config = AppConfig.from_env({**GOOD, "DATA_UPLOAD_MAX_MEMORY_SIZE": "104857600"})
    assert config.data_upload_max_memory_size == 104_857_600


def test_a_scanner_is_given_as_words() -> None:
    assert AppConfig.from_env(GOOD).scan_command == ()
    config = AppConfig.from_env({**GOOD, "SCAN_COMMAND": "sh -c 'exit 1'"})
    assert config.scan_command == ("sh", "-c", "exit 1")


def test_a_bucket_is_enough_to_store_in_s3() -> None:
    environ = {name: value for name, value in GOOD.items() if name != "MEDIA_ROOT"}
    config = AppConfig.from_env({**environ, "S3_BUCKET": "media", "S3_PREFIX": "vaults/photos/"})
    assert config.s3 is not None
    assert (config.s3.bucket, config.s3.prefix, config.s3.region) == ("media", "vaults/photos/", "us-east-1")
    assert (config.s3.endpoint_url, config.s3.presigned_redirects) == (None, False)
    assert config.media_root == tempfile.gettempdir()
    assert AppConfig.from_env({**GOOD, "S3_BUCKET": "media", "STORAGE": "file"}).s3 is None


def test_all_that_is_wrong_with_s3_is_told_at_once_without_the_secret() -> None:
    wrong = {
        "STORAGE": "s3",
        "S3_PREFIX": "../else",
        "S3_ENDPOINT_URL": "https://user:pa55@host",
        "S3_SECRET_ACCESS_KEY": "pa55",
        "S3_ADDRESSING_STYLE": "best",
        "S3_PRESIGNED_REDIRECTS": "maybe",
    }
    problems = problems_of({**GOOD, **wrong})
    named = {problem.split()[0] for problem in problems}
    assert named == {
        "S3_BUCKET",
        "S3_PREFIX",
        "S3_ENDPOINT_URL",
        "S3_ACCESS_KEY_ID",
        "S3_ADDRESSING_STYLE",
        "S3_PRESIGNED_REDIRECTS",
    }
    assert "pa55" not in " ".join(problems)


def test_cookies_are_secure_behind_a_proxy_that_tells_of_tls() -> None:
    config = AppConfig.from_env({**GOOD, "SECURE_PROXY_SSL_HEADER": "X-Forwarded-Proto"})
    assert config.session_cookie_secure
    assert not AppConfig.from_env({**GOOD, "SESSION_COOKIE_SECURE": "False"}).session_cookie_secure


def test_the_origin_and_host_lists_are_split() -> None:
    environ = {
        **GOOD,
        "ALLOWED_HOSTS": "a.example, b.example,",
        "CSRF_TRUSTED_ORIGINS": "https://a.example:8443",
    }
    config = AppConfig.from_env(environ)
    assert config.allowed_hosts == ("a.example", "b.example")
    assert config.csrf_trusted_origins == ("https://a.example:8443",)
