"""Settings: what an office may write into ``.env``, and the one sentence it gets for a mistake."""

from __future__ import annotations

import stat
from dataclasses import fields
from pathlib import Path

import pytest

import config


def load(tmp_path: Path, env: str = "", **environ: str) -> config.Settings:
    file = tmp_path / ".env"
    file.write_text(env, "utf-8")
    return config.load({"VAR_DIR": str(tmp_path / "var"), **environ}, file)


def test_defaults_need_nothing(tmp_path: Path) -> None:
    settings = load(tmp_path)
    assert settings.database_url == f"sqlite:///{tmp_path}/var/aftercare.db"
    assert settings.embedded_queue
    assert settings.mail_url == f"file://{tmp_path}/var/mail"
    assert settings.demo and settings.port == 8000 and not settings.cookie_secure
    flask = settings.flask()
    assert flask["BABEL_DEFAULT_LOCALE"] == "zh_Hans_CN" and set(flask["LANGUAGES"]) == {"zh_Hans_CN", "en"}
    assert flask["FAB_UPDATE_PERMS"] is False and flask["FAB_CREATE_DB"] is False
    assert "localhost" in flask["TRUSTED_HOSTS"]


def test_environment_wins_over_file_and_file_over_default(tmp_path: Path) -> None:
    settings = load(tmp_path, "# office\nPORT=8100\nDEMO=0\nexport MAIL_FROM='服务部 <fw@example.com>'\n", PORT="8200")
    assert (settings.port, settings.demo, settings.mail_from) == (8200, False, "服务部 <fw@example.com>")


def test_secret_key_is_made_once_and_private(tmp_path: Path) -> None:
    first, second = load(tmp_path), load(tmp_path)
    assert first.secret_key == second.secret_key and len(first.secret_key) >= 48
    assert stat.S_IMODE((tmp_path / "var" / "secret_key").stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("given", "becomes"),
    [
        ("postgres://u:p@db/x", "postgresql+psycopg://u:p@db/x"),
        ("postgresql://u@db:5433/x?sslmode=require", "postgresql+psycopg://u@db:5433/x?sslmode=require"),
        ("sqlite:////srv/a.db", "sqlite:////srv/a.db"),
        ("sqlite:///var/a.db", f"sqlite:///{config.ROOT}/var/a.db"),
    ],
)
def test_database_addresses(tmp_path: Path, given: str, becomes: str) -> None:
    assert load(tmp_path, DATABASE_URL=given).database_url == becomes


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("PORT", "eighty", "PORT must be a whole number from 1 to 65535 (it is “eighty”)"),
        ("PORT", "70000", "PORT must be a whole number"),
        ("PORT", "-1", "PORT must be a whole number"),
        ("DEMO", "maybe", "DEMO must be 1 or 0"),
        ("DATABASE_URL", "mysql://x/y", "DATABASE_URL must begin with postgresql:// or sqlite:///"),
        ("DATABASE_URL", "sqlite://", "DATABASE_URL must begin with"),
        ("QUEUE_URL", "amqp://x", "QUEUE_URL must begin with"),
        ("TZ_OFFICE", "Peking", "TZ_OFFICE must be the name of a time zone"),
        ("SECRET_KEY", "short", "SECRET_KEY must have at least 16 characters"),
        ("MAIL_URL", "mailto:x", "MAIL_URL must begin with smtp:"),
    ],
)
def test_a_wrong_value_is_one_sentence(tmp_path: Path, name: str, value: str, says: str) -> None:
    with pytest.raises(config.ConfigError) as refused:
        load(tmp_path, **{name: value})
    assert says in refused.value.message and "\n" not in refused.value.message


def test_secrets_are_not_repeated_in_messages(tmp_path: Path) -> None:
    with pytest.raises(config.ConfigError) as refused:
        load(tmp_path, DATABASE_URL="mysql://root:hunter2@db/x")
    assert "hunter2" not in refused.value.message


@pytest.mark.parametrize("line", ["PORT 8000", "=8000", "PORT='8000", "just words"])
def test_a_broken_env_file_names_its_line(tmp_path: Path, line: str) -> None:
    with pytest.raises(config.ConfigError, match=r"Line 2 of .*\.env is not NAME=value"):
        load(tmp_path, f"DEMO=0\n{line}\n")


def test_an_env_file_in_another_encoding_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes("MAIL_FROM=服务部".encode("gb18030"))
    with pytest.raises(config.ConfigError, match=r"cannot be read: it is not UTF-8"):
        config.load({"VAR_DIR": str(tmp_path / "var")}, tmp_path / ".env")


def test_an_unwritable_folder_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(config.ConfigError, match=r"The folder .*file/var cannot be written"):
        load(tmp_path, VAR_DIR=str(tmp_path / "file" / "var"))


def test_a_deep_folder_gets_a_local_port_with_a_password(tmp_path: Path) -> None:
    deep = tmp_path / ("深" * 40)
    first = load(tmp_path, VAR_DIR=str(deep))
    assert first.queue_url.startswith("redis://:") and "@127.0.0.1:" in first.queue_url
    assert first.embedded_queue and load(tmp_path, VAR_DIR=str(deep)).queue_url == first.queue_url


def test_every_setting_is_in_the_manual() -> None:
    manual = (config.ROOT / "docs" / "running.md").read_text("utf-8")
    rows = [f"| `{item.metadata['name']}` | {item.metadata['doc']} |" for item in fields(config.Settings)]
    assert [row for row in rows if row not in manual] == []
