#!/usr/bin/env bash
# Makes the virtual environment from the hashed lock. Says in one sentence what is missing.
set -euo pipefail

python=${PYTHON:-python3}
venv=${VENV:-.venv}
log=$(mktemp)
trap 'rm -f "$log"' EXIT

stop() {
    echo "allomairie: $1" >&2
    exit 1
}

command -v "$python" >/dev/null || stop "$python is missing; install Python 3.11 or later."
"$python" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))' ||
    stop "$("$python" --version) cannot be used; install Python 3.11, 3.12 or 3.13 and run make PYTHON=python3.11."
"$python" -c 'import venv, ensurepip' 2>/dev/null ||
    stop "this Python lacks the venv module; install the python3-venv package."
command -v cc >/dev/null && command -v c++ >/dev/null ||
    stop "a C and C++ compiler is missing; install the build-essential package."
free_mib=$(df -Pm . | awk 'NR == 2 { print $4 }')
((free_mib > 4096)) || stop "only $free_mib MiB of disk are free here; 4096 are needed."

[ -x "$venv/bin/python" ] || "$python" -m venv "$venv"

# On processors with AMX llama.cpp crashes at its first long prompt: the compiler drops the tile
# configuration that it loads (llama.cpp issue 20824, pull request 26954). AVX-512 is used instead.
if grep -qsw amx_tile /proc/cpuinfo; then
    without_amx="-mno-amx-tile -mno-amx-int8 -mno-amx-bf16"
    export CFLAGS="${CFLAGS:-} $without_amx" CXXFLAGS="${CXXFLAGS:-} $without_amx"
fi

echo "Installing the dependencies (the language model's engine compiles for about 5 minutes, once)…"
(
    # a sign of life for the one long build, whose output pip keeps to itself
    while sleep 30; do echo "  still installing: $(tail -n 1 "$log" | cut -c1-90)"; done
) &
alive=$!
trap 'kill "$alive" 2>/dev/null || true; rm -f "$log"' EXIT
if ! "$venv/bin/python" -m pip install --require-hashes --disable-pip-version-check \
    -r requirements.lock >"$log" 2>&1; then
    kill "$alive" 2>/dev/null || true
    tail -n 15 "$log" >&2
    if grep -qiE 'No space left' "$log"; then
        stop "the disk is full; free 4 GiB and run make again."
    elif grep -qiE 'NameResolution|ConnectionError|ConnectTimeout|Read timed out|Could not fetch URL|Network is unreachable' "$log"; then
        stop "the package registry cannot be reached; check the network or pip's configuration and run make again."
    fi
    stop "a dependency could not be installed; the lines above say which."
fi
"$venv/bin/python" -m pip install --disable-pip-version-check --no-deps --no-build-isolation -q -e . >"$log" 2>&1 || {
    tail -n 15 "$log" >&2
    stop "the program itself could not be installed; the lines above say why."
}
