#!/bin/sh
# Prepare what `make run`, `make lint` and `make test` need (argument run, lint or test); quick when it is there already.
# Each thing that cannot be put right from here ends in one sentence saying what to type.
set -eu
cd "$(dirname "$0")/.."
WHAT="${1:-run}"
APT_LIBRARIES="libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"

give_up() { echo "$1" >&2; exit 1; }

may_install() { [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; }

apt_install() {
    echo "Installing with apt: $*" >&2
    if ! DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null 2>&1; then
        apt-get update -qq >/dev/null 2>&1 || true
        DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null ||
            give_up "apt could not install: $*"
    fi
}

find_python() {
    for name in "${PYTHON:-}" python3 python3.13 python3.12 python3.11; do
        [ -n "$name" ] || continue
        if "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            command -v "$name"
            return
        fi
    done
    give_up "Python 3.11 or newer is needed: install it, or name it with PYTHON=/path/to/python."
}

make_venv() {
    PYTHON_FOUND="$(find_python)"
    if ! "$PYTHON_FOUND" -c 'import ensurepip, venv' 2>/dev/null; then
        package="$("$PYTHON_FOUND" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')"
        may_install || give_up "Python's venv module is missing: type  sudo apt-get install $package"
        apt_install "$package"
    fi
    "$PYTHON_FOUND" -m venv --clear .venv 2>/dev/null ||
        give_up "The folder .venv cannot be made in $(pwd): is it writable, and is there space?"
}

install_requirements() {
    file="$1" stamp=".venv/$1.stamp"
    wanted="$(cat requirements.txt "$file" | cksum)"
    if [ "$(cat "$stamp" 2>/dev/null || true)" != "$wanted" ]; then
        echo "Installing the packages of $file (once; some minutes on a slow line) …" >&2
        .venv/bin/python -m pip install -q --disable-pip-version-check -r "$file" ||
            give_up "pip could not install $file: see its lines above (no network?)."
        echo "$wanted" >"$stamp"
    fi
}

check_libraries() {
    if ! .venv/bin/python - 2>/dev/null <<'PYTHON'
import ctypes
for name in ("libpango-1.0.so.0", "libpangoft2-1.0.so.0", "libharfbuzz-subset.so.0"):
    ctypes.CDLL(name)
PYTHON
    then
        may_install || give_up "Libraries for making PDF are missing: type  sudo apt-get install $APT_LIBRARIES"
        # shellcheck disable=SC2086 # a list of words
        apt_install $APT_LIBRARIES
    fi
}

compile_catalogues() {
    for texts in app/translations/*/LC_MESSAGES/messages.po; do
        if [ ! "${texts%.po}.mo" -nt "$texts" ]; then
            .venv/bin/python tools/catalogue.py compile >/dev/null
            return
        fi
    done
}

check_browser() {
    # Without one the browser tests say why they are skipped; in CI (CI=1) they fail instead.
    for name in chromium chromium-browser google-chrome; do
        command -v "$name" >/dev/null 2>&1 && return
    done
    if may_install; then apt_install chromium; fi
}

[ -x .venv/bin/python ] && .venv/bin/python -c 'import sys, pip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || make_venv
install_requirements requirements.txt
check_libraries
compile_catalogues
if [ "$WHAT" != run ]; then install_requirements requirements-dev.txt; fi
if [ "$WHAT" = test ]; then check_browser; fi
