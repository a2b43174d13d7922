# A private PostgreSQL cluster, or with STANDBY_OF=<port> the streaming replica of one. Says "<folder> <port>" when it is
# ready; obeys `stop`, `crash`, `start` and `promote` on standard input, each answered by a line; and is gone, folder and
# all, at the end of that input, however its owner ended.
set -u
trap '' INT HUP TERM
port=$1
shift
bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1)
[ -n "$bin" ] || bin=$(dirname "$(command -v postgres || echo /usr/bin/postgres)")
folder=$(mktemp -d "${TMPDIR:-/tmp}/hallpass-postgres.XXXXXX") || exit 1
cd "$folder" || exit 1
pid=

finish() {
    [ -z "$pid" ] || { kill -QUIT "$pid" 2>/dev/null; wait "$pid" 2>/dev/null; }
    cd / && rm -rf "$folder"
}
# With a certificate: TLS for all, and nobody without it.
secure() {
    [ -n "${TLS_CERTIFICATE:-}" ] || return 0
    umask 077
    printf '%s\n' "$TLS_CERTIFICATE" >"$folder/data/server.crt"
    printf '%s\n' "$TLS_KEY" >"$folder/data/server.key"
    echo 'ssl = on' >>"$folder/data/postgresql.conf"
    echo 'hostssl all all all trust' >"$folder/data/pg_hba.conf"
}
start() {
    "$bin/postgres" -D "$folder/data" -p "$port" -c listen_addresses=127.0.0.1 -c unix_socket_directories="$folder" \
        -c max_connections=300 -c shared_buffers=32MB "$@" >>"$folder/log" 2>&1 </dev/null &
    pid=$!
    tries=0
    until "$bin/pg_isready" -q -h 127.0.0.1 -p "$port"; do
        kill -0 "$pid" 2>/dev/null || return 1
        tries=$((tries + 1))
        [ "$tries" -lt 600 ] || return 1
        sleep 0.1
    done
}

make() {
    if [ -n "${STANDBY_OF:-}" ]; then
        "$bin/pg_basebackup" -d "host=127.0.0.1 port=$STANDBY_OF user=hallpass" -D "$folder/data" -R -X stream \
            --checkpoint=fast --no-sync
    else
        "$bin/initdb" -D "$folder/data" -U hallpass -A trust -E UTF8 --locale=C --no-sync
    fi
}

make >"$folder/log" 2>&1 && secure && start "$@" || { cat "$folder/log" >&2; finish; exit 1; }
echo "$folder $port"
while read -r command; do
    case $command in
        stop) kill -INT "$pid"; wait "$pid"; pid= ;;
        crash) kill -QUIT "$pid"; wait "$pid"; pid= ;;
        promote) "$bin/pg_ctl" promote -w -D "$folder/data" >>"$folder/log" 2>&1 ;;
        start) start "$@" || { cat "$folder/log" >&2; break; } ;;
    esac
    echo "$command"
done
finish
