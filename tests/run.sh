#!/usr/bin/env bash
# Passes the tests on a fresh machine that has the .NET SDK: installs redis-server where it is missing, runs every test
# of the solution, and ends with one line "N passed, N failed, N skipped". Further arguments go to `dotnet test`.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

install_redis() {
    command -v redis-server >/dev/null && command -v redis-sentinel >/dev/null && return
    local as_root=()
    if [ "$(id -u)" -ne 0 ]; then
        if ! command -v sudo >/dev/null || ! sudo -n true 2>/dev/null; then
            echo "redis-server or redis-sentinel is missing, and installing it needs root: run 'apt-get install redis-server redis-sentinel' (or your distribution's equivalent) first." >&2
            return
        fi
        as_root=(sudo -n)
    fi
    if ! command -v apt-get >/dev/null; then
        echo "redis-server or redis-sentinel is missing, and there is no apt-get here: install Redis 6.2 or later with your package manager first." >&2
        return
    fi
    echo "Installing redis-server and redis-sentinel ..."
    # The packages would start services of their own; the tests start the servers that they need.
    "${as_root[@]}" apt-get update -qq &&
        "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 apt-get install -y -qq --no-install-recommends redis-server redis-sentinel >/dev/null
}

install_redis

log=$(mktemp)
trap 'rm -f "$log"' EXIT

dotnet test --solution Asynq.Typed.sln --no-ansi --no-progress "$@" 2>&1 | tee "$log"
status=${PIPESTATUS[0]}

figure() { sed -n "s/^ *$1: \([0-9][0-9]*\).*/\1/p" "$log" | tail -n 1; }
passed=$(figure succeeded)
failed=$(figure failed)
skipped=$(figure skipped)

if [ -z "$passed" ]; then
    echo "The tests did not run: see the messages above." >&2
    passed=0 failed=0 skipped=0
    [ "$status" -ne 0 ] || status=1
elif [ "$passed" -eq 0 ]; then
    echo "No test passed." >&2
    [ "$status" -ne 0 ] || status=1
fi

echo "$passed passed, ${failed:-0} failed, ${skipped:-0} skipped"
exit "$status"
