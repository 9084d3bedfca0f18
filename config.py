"""Deployment values: from the environment, then from ``.env``, then a default that works on one machine.

Every value is checked when the program starts and is documented here, in one place; ``docs/running.md`` shows the same
table (a test compares them). Nothing else in the program reads the environment for a setting.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import socket
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from click import ClickException
from dotenv.parser import parse_stream

ROOT = Path(__file__).resolve().parent
LANGUAGES = {"zh_Hans_CN": {"flag": "cn", "name": "中文"}, "en": {"flag": "gb", "name": "English"}}
# A Unix socket's path may have 107 bytes; a deeper project folder gets a local port instead.
LONGEST_SOCKET_PATH = 100


class ConfigError(ClickException):
    """A setting is wrong; the message is one sentence that says which and what to do.

    Being click's exception, the command line shows the sentence and no traceback.
    """


def _text(value: str) -> str:
    return value


def _whole(low: int, high: int) -> Callable[[str], int]:
    def read(value: str) -> int:
        if not value.isascii() or not value.isdigit() or not low <= int(value) <= high:
            raise ValueError(f"must be a whole number from {low} to {high}")
        return int(value)

    return read


def _flag(value: str) -> bool:
    known = {"1": True, "true": True, "yes": True, "on": True, "0": False, "false": False, "no": False, "off": False}
    if value.lower() not in known:
        raise ValueError("must be 1 or 0")
    return known[value.lower()]


def _names(value: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in value.split(",") if name.strip())


def _zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (KeyError, ValueError, OSError) as problem:
        raise ValueError("must be the name of a time zone such as Asia/Shanghai") from problem
    return value


def _level(value: str) -> str:
    if value.upper() not in ("DEBUG", "INFO", "WARNING", "ERROR"):
        raise ValueError("must be DEBUG, INFO, WARNING or ERROR")
    return value.upper()


def _secret(value: str) -> str:
    if len(value) < 16:
        raise ValueError("must have at least 16 characters")
    return value


def _url(*schemes: str) -> Callable[[str], str]:
    def read(value: str) -> str:
        if urlsplit(value).scheme not in schemes:
            raise ValueError("must begin with " + " or ".join(f"{scheme}:" for scheme in schemes))
        return value

    return read


def _database(value: str) -> str:
    scheme, colon, rest = value.partition("://")
    if scheme in ("postgres", "postgresql", "postgresql+psycopg") and colon and rest:
        return f"postgresql+psycopg://{rest}"
    if scheme == "sqlite" and rest.startswith("/") and len(rest) > 1:
        return f"sqlite:///{(ROOT / rest[1:]).as_posix()}"  # a relative path counts from the project folder
    raise ValueError("must begin with postgresql:// or sqlite:///")


def setting(name: str, read: Callable[[str], Any], default: Any, doc: str) -> Any:
    """A dataclass field read from the environment variable ``name``; ``doc`` is its line in the manual."""
    return field(default=default, metadata={"name": name, "read": read, "doc": doc})


@dataclass(frozen=True)
class Settings:
    """Everything that differs between one installation and another. Made by ``load``."""

    var: Path = setting("VAR_DIR", Path, ROOT / "var", "folder for everything the program keeps (default `var`)")
    database_url: str = setting(
        "DATABASE_URL", _database, "", "`postgresql://…`; default SQLite, `sqlite:///<VAR_DIR>/aftercare.db`"
    )
    queue_url: str = setting(
        "QUEUE_URL",
        _url("redis", "rediss", "unix", "valkey"),
        "",
        "`redis://host:6379/0` of a Valkey or Redis; default: run.py starts one of its own in `VAR_DIR`",
    )
    secret_key: str = setting(
        "SECRET_KEY", _secret, "", "signs the sessions; default: made once and kept in `VAR_DIR/secret_key` (mode 600)"
    )
    host: str = setting("HOST", _text, "127.0.0.1", "address to listen on; `0.0.0.0` lets other machines in")
    port: int = setting("PORT", _whole(1, 65535), 8000, "port to listen on (8000)")
    demo: bool = setting("DEMO", _flag, True, "`1` loads the demo company into an empty database, `0` an empty office")
    public_url: str = setting(
        "PUBLIC_URL", _url("http", "https"), "", "the address people type, for links in mail; default http://HOST:PORT"
    )
    trusted_hosts: tuple[str, ...] = setting(
        "TRUSTED_HOSTS", _names, (), "host names answered to, by comma; default: this machine's and PUBLIC_URL's"
    )
    proxies: int = setting("PROXIES", _whole(0, 9), 0, "how many proxies (nginx, caddy) stand in front (0)")
    cookie_secure: bool = setting(
        "COOKIE_SECURE", _flag, None, "`1` sends cookies over https only; default: when PUBLIC_URL is https"
    )
    mail_url: str = setting(
        "MAIL_URL", _url("smtp", "smtps", "file"), "", "`smtp://user:password@host:587`; default folder `VAR_DIR/mail`"
    )
    mail_from: str = setting("MAIL_FROM", _text, "aftercare@localhost", "sender of all mail (aftercare@localhost)")
    files_url: str = setting(
        "FILES_URL",
        _text,
        "",
        "where files are kept, any fsspec address such as `s3://bucket`; default `VAR_DIR/files`",
    )
    zone: str = setting("TZ_OFFICE", _zone, "Asia/Shanghai", "the office's time zone (Asia/Shanghai)")
    web_workers: int = setting("WEB_WORKERS", _whole(1, 64), 2, "web processes (2)")
    web_timeout: int = setting("WEB_TIMEOUT", _whole(5, 600), 60, "seconds after which a stuck page is given up (60)")
    login_rate: str = setting("LOGIN_RATE", _text, "20 per minute", "log-in attempts per address (20 per minute)")
    rate_storage: str = setting(
        "RATE_STORAGE", _text, "memory://", "where attempts are counted; a `redis://` address counts over several hosts"
    )
    session_hours: int = setting("SESSION_HOURS", _whole(1, 168), 12, "hours after which people log in again (12)")
    upload_mb: int = setting("UPLOAD_MB", _whole(1, 500), 20, "largest upload in megabytes (20)")
    job_lease: int = setting(
        "JOB_LEASE", _whole(5, 3600), 60, "seconds after which the job of a vanished worker is done anew (60)"
    )
    job_timeout: int = setting("JOB_TIMEOUT", _whole(10, 7200), 900, "seconds after which a stuck job is stopped (900)")
    job_attempts: int = setting(
        "JOB_ATTEMPTS", _whole(1, 20), 6, "attempts before a job is laid aside for an administrator (6)"
    )
    sweep_seconds: int = setting("SWEEP_SECONDS", _whole(1, 300), 20, "pause between two rounds of the scheduler (20)")
    log_level: str = setting("LOG_LEVEL", _level, "WARNING", "DEBUG, INFO, WARNING or ERROR (WARNING)")

    @property
    def embedded_queue(self) -> bool:
        """Whether run.py has to start the queue server."""
        return self.queue_url in (self.embedded_socket_url, self.embedded_port_url)

    @property
    def embedded_socket_url(self) -> str:
        """Address of the embedded queue server where the socket's path is short enough."""
        return f"unix://{self.var / 'queue.sock'}"

    @property
    def embedded_port_url(self) -> str:
        """Address that run.py noted for the embedded server where the path is too long; empty when there is none."""
        with contextlib.suppress(OSError):
            return (self.var / "queue.url").read_text("ascii").strip()
        return ""

    def flask(self) -> dict[str, Any]:
        """The configuration of Flask and its extensions."""
        # A page for each role is some thousand statements; one that was forgotten costs 5 to 20 ms to write anew.
        engine: dict[str, Any] = {"query_cache_size": 1000}
        if self.database_url.startswith("postgresql"):
            engine |= {"pool_pre_ping": True, "pool_recycle": 1800}
        return {
            "SETTINGS": self,
            "SECRET_KEY": self.secret_key,
            "SQLALCHEMY_DATABASE_URI": self.database_url,
            "SQLALCHEMY_TRACK_MODIFICATIONS": False,
            "SQLALCHEMY_ENGINE_OPTIONS": engine,
            "QUEUE_URL": self.queue_url,
            "MAIL_URL": self.mail_url,
            "MAIL_FROM": self.mail_from,
            "FILES_URL": self.files_url,
            "PUBLIC_URL": self.public_url,
            "DEMO": self.demo,
            "JOB_LEASE": self.job_lease,
            "JOB_TIMEOUT": self.job_timeout,
            "JOB_ATTEMPTS": self.job_attempts,
            **self._languages(),
            **self._web(),
            **self._framework(),
        }

    def _languages(self) -> dict[str, Any]:
        return {
            "BABEL_DEFAULT_LOCALE": "zh_Hans_CN",
            "BABEL_DEFAULT_TIMEZONE": self.zone,
            "LANGUAGES": LANGUAGES,
        }

    def _web(self) -> dict[str, Any]:
        return {
            "TRUSTED_HOSTS": list(self.trusted_hosts),
            "MAX_CONTENT_LENGTH": self.upload_mb * 1024 * 1024,
            "MAX_FORM_MEMORY_SIZE": 5 * 1024 * 1024,  # a drawn signature travels in a form field
            "PERMANENT_SESSION_LIFETIME": self.session_hours * 3600,
            "SESSION_COOKIE_NAME": f"aftercare_{self.port}",  # two installations on one host do not log each other out
            "SESSION_COOKIE_HTTPONLY": True,
            "SESSION_COOKIE_SAMESITE": "Lax",
            "SESSION_COOKIE_SECURE": self.cookie_secure,
            "REMEMBER_COOKIE_HTTPONLY": True,
            "REMEMBER_COOKIE_SAMESITE": "Lax",
            "REMEMBER_COOKIE_SECURE": self.cookie_secure,
            "WTF_CSRF_TIME_LIMIT": None,  # the session's age is the limit; a form left open over lunch must still save
            "RATELIMIT_STORAGE_URI": self.rate_storage,
            "RATELIMIT_IN_MEMORY_FALLBACK_ENABLED": True,
        }

    def _framework(self) -> dict[str, Any]:
        # Tables and permissions are made by `init` alone: several processes doing it at once break each other.
        return {
            "APP_NAME": "Aftercare",
            "APP_THEME": "",
            "AUTH_TYPE": 1,
            "AUTH_ROLE_PUBLIC": "Public",
            "AUTH_USER_REGISTRATION": False,
            "AUTH_RATE_LIMITED": True,
            "AUTH_RATE_LIMIT": self.login_rate,
            "FAB_CREATE_DB": False,
            "FAB_UPDATE_PERMS": False,
            "FAB_API_SHOW_STACKTRACE": False,
            "FAB_API_SWAGGER_UI": False,
            "FAB_API_MAX_PAGE_SIZE": 100,
            "FAB_ADD_SECURITY_PERMISSION_VIEW": False,
            "FAB_ADD_SECURITY_PERMISSION_VIEWS_VIEW": False,
            "FAB_ADD_SECURITY_VIEW_MENU_VIEW": False,
        }


def load(environ: Mapping[str, str] | None = None, env_file: Path | None = None) -> Settings:
    """Read and check every setting; makes the data folder and the secret key when they are missing.

    Raises ``ConfigError`` with one sentence naming the setting and the remedy.
    """
    outside = os.environ if environ is None else environ
    given = {**read_env_file(env_file or Path(outside.get("ENV_FILE") or ROOT / ".env")), **outside}
    values: dict[str, Any] = {}
    for item in fields(Settings):
        name = item.metadata["name"]
        raw = given.get(name, "").strip()
        if not raw:
            continue
        try:
            values[item.name] = item.metadata["read"](raw)
        except ValueError as problem:
            shown = "" if name == "SECRET_KEY" or "@" in raw else f" (it is “{raw}”)"
            raise ConfigError(f"The setting {name} {problem}{shown}.") from problem
    values["var"] = _writable(ROOT / values.get("var", "var"))
    settings = _complete(values)
    if environ is None:
        os.environ["TZ_OFFICE"] = settings.zone  # the clock asks the environment, so that it needs nothing of ours
    return settings


def read_env_file(path: Path) -> dict[str, str]:
    """The values of a ``.env`` file; nothing when there is none. A line that cannot be read is an error."""
    if not path.exists():
        return {}
    try:
        with path.open(encoding="utf-8-sig") as stream:
            bindings = list(parse_stream(stream))
    except (OSError, UnicodeError) as problem:
        raise ConfigError(f"The file {path} cannot be read: {_reason(problem)}.") from problem
    for binding in bindings:
        if binding.error or (binding.key is not None and binding.value is None):
            line = binding.original.string.strip().splitlines()[0][:40]
            raise ConfigError(f"Line {binding.original.line} of {path} is not NAME=value: “{line}”.")
    return {binding.key: binding.value for binding in bindings if binding.key and binding.value}


def _complete(values: dict[str, Any]) -> Settings:
    var: Path = values["var"]
    values.setdefault("database_url", f"sqlite:///{(var / 'aftercare.db').as_posix()}")
    values.setdefault("mail_url", f"file://{var / 'mail'}")
    values.setdefault("files_url", f"file://{var / 'files'}")
    if "secret_key" not in values:
        values["secret_key"] = _kept_secret(var / "secret_key")
    host = values.get("host", Settings.host)
    shown = "127.0.0.1" if host in ("0.0.0.0", "::") else host  # nosec B104  # compared, not bound
    values.setdefault("public_url", f"http://{shown}:{values.get('port', Settings.port)}")
    values["public_url"] = values["public_url"].rstrip("/")
    if values.get("cookie_secure") is None:
        values["cookie_secure"] = values["public_url"].startswith("https:")
    values.setdefault("trusted_hosts", _own_names(host, values["public_url"]))
    if "queue_url" not in values:
        values["queue_url"] = _embedded_queue(var)
    return Settings(**values)


def _embedded_queue(var: Path) -> str:
    draft = Settings(var=var)
    if len(os.fsencode(var / "queue.sock")) <= LONGEST_SOCKET_PATH:
        return draft.embedded_socket_url
    if not draft.embedded_port_url:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        _write_once(var / "queue.url", f"redis://:{secrets.token_urlsafe(24)}@127.0.0.1:{port}/0")
    return draft.embedded_port_url


def _own_names(host: str, public_url: str) -> tuple[str, ...]:
    """The names this machine answers to, so that a forged Host header goes nowhere."""
    names = {"localhost", "127.0.0.1", "[::1]", urlsplit(public_url).hostname or "localhost", socket.gethostname()}
    if host in ("0.0.0.0", "::"):  # nosec B104  # compared, not bound
        with contextlib.suppress(OSError):
            names.update(str(found[4][0]) for found in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET))
        with contextlib.suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            probe.connect(("192.0.2.1", 9))  # sends nothing; tells which address other machines see
            names.add(probe.getsockname()[0])
    else:
        names.add(host)
    return tuple(sorted(names))


def _writable(folder: Path) -> Path:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as problem:
        raise ConfigError(
            f"The folder {folder} cannot be written ({_reason(problem)}): give it to this user or set VAR_DIR."
        ) from problem
    return folder


def _kept_secret(path: Path) -> str:
    _write_once(path, secrets.token_urlsafe(48))
    try:
        kept = path.read_text("ascii").strip()
    except (OSError, UnicodeError) as problem:
        raise ConfigError(f"The file {path} cannot be read: {_reason(problem)}.") from problem
    if len(kept) < 16:
        raise ConfigError(f"The file {path} is damaged: delete it, and everybody logs in anew.")
    return kept


def _write_once(path: Path, content: str) -> None:
    # Written beside and linked into place: of several processes starting together one wins, none reads half a file.
    if path.exists():
        return
    descriptor, draft = tempfile.mkstemp(dir=path.parent)  # mode 600
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as stream:
            stream.write(content + "\n")
        with contextlib.suppress(FileExistsError):
            os.link(draft, path)
    finally:
        os.unlink(draft)


def _reason(problem: OSError | UnicodeError) -> str:
    return (problem.strerror or str(problem)) if isinstance(problem, OSError) else "it is not UTF-8"
