#!/usr/bin/env bash
# Starts a throw-away PostgreSQL server for the store's tests and prints its URL.
#
#   export QUOTECHECK_TEST_POSTGRES="$(.ci/postgres.sh start DIR)"
#   .ci/postgres.sh stop DIR
#
# DIR is a new folder that will hold the data and the socket. The server listens on no network port.
# initdb refuses to run as root: as root, the server runs as the user postgres. What is installed is
# used; as root on Debian or Ubuntu a missing server is installed with apt-get.
set -euo pipefail

usage() { echo "usage: $0 start|stop DIR" >&2; exit 2; }
[ $# -eq 2 ] || usage
action=$1
dir=$2

find_bin() {
  local found
  found=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -1 || true)
  if [ -z "$found" ] && command -v pg_ctl >/dev/null; then found=$(dirname "$(command -v pg_ctl)"); fi
  echo "$found"
}

as_server() {
  if [ "$(id -u)" -eq 0 ]; then runuser -u postgres -- "$@"; else "$@"; fi
}

bin=$(find_bin)
if [ -z "$bin" ]; then
  if [ "$(id -u)" -ne 0 ]; then
    echo "no PostgreSQL server here: install the package postgresql" >&2
    exit 1
  fi
  { apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y postgresql; } >&2
  bin=$(find_bin)
fi

case $action in
  start)
    mkdir -p "$dir"
    dir=$(cd "$dir" && pwd)
    if [ "$(id -u)" -eq 0 ]; then chown postgres "$dir"; fi
    if [ ! -d "$dir/data" ]; then
      as_server "$bin/initdb" -D "$dir/data" -U quotecheck -A trust -E UTF8 --locale=C >&2
    fi
    as_server "$bin/pg_ctl" -D "$dir/data" -l "$dir/log" -w -o \
      "-c listen_addresses='' -c unix_socket_directories='$dir' -c fsync=off" start >&2
    as_server "$bin/createdb" -h "$dir" -U quotecheck quotecheck >&2 || true
    echo "postgresql://quotecheck@/quotecheck?host=$dir"
    ;;
  stop)
    as_server "$bin/pg_ctl" -D "$dir/data" -m fast -w stop >&2
    ;;
  *) usage ;;
esac
