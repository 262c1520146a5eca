# docker-compose.yml without a Docker engine: by docker-compose's own reading,
# and what it mounts by the tools of those that read it there. That nothing
# starts without its secrets, and that selfheal's health check tells the truth.
set -euo pipefail
. tests/checks/lib/python
work=$(mktemp -d)
pid=
leave() {
  [ -z "$pid" ] || kill "$pid"
  wait
  rm -rf "$work"
}
trap leave EXIT
mkdir "$work/secrets"
"$python" tests/checks/lib/compose.py "$work"

for program in promtool amtool; do
  command -v $program >/dev/null || { echo "$program is not installed"; exit 77; }
done
promtool check config "$work/prometheus/etc/prometheus/prometheus.yml"
alertmanager=$work/alertmanager/etc/alertmanager/alertmanager.yml
amtool check-config "$alertmanager"
told() {
  amtool config routes test --config.file="$alertmanager" "$@" 2>/dev/null
}
[ "$(told alertname=X namespace=default)" = selfheal,people ]
[ "$(told alertname=SelfhealDown)" = people ]
[ "$(told alertname=Watchdog namespace=monitoring)" = people ]

if docker compose version >/dev/null 2>&1; then
  compose=(docker compose)
else
  compose=(docker-compose)
  command -v docker-compose >/dev/null ||
    { echo "docker-compose is not installed"; exit 77; }
fi
# configure LINE...: what docker-compose says about it with that .env.
configure() {
  printf '%s\n' "$@" > "$work/env"
  "${compose[@]}" --env-file "$work/env" config --quiet > "$work/said" 2>&1
}
secrets=SELFHEAL_SECRETS=$work/secrets
unset SELFHEAL_SECRETS POSTGRES_PASSWORD
configure "$secrets" POSTGRES_PASSWORD=0 || { cat "$work/said"; exit 1; }
[ ! -s "$work/said" ] || { cat "$work/said"; exit 1; }
for lacking in POSTGRES_PASSWORD SELFHEAL_SECRETS; do
  for given in "" "$lacking="; do
    if configure "$(printf '%s\nPOSTGRES_PASSWORD=0' "$secrets" |
      grep -v "^$lacking=")" "$given"
    then
      echo "it would start without $lacking"
      exit 1
    fi
    grep -q "$lacking" "$work/said" || { cat "$work/said"; exit 1; }
  done
done

[ -x "${SELFHEAL_BINARY:-}" ] || { echo "the program is not built"; exit 77; }
port=$("$python" -c 'import socket
s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
sed -i "s#/run/secrets#$work/secrets#" \
  "$work/selfheal/etc/selfheal/selfheal.yaml"
for name in webhook admin; do openssl rand -hex 32 > "$work/secrets/$name"; done
cp tests/checks/lib/kubeconfig "$work/secrets/kubeconfig"
healthy() { sed "s#/8000#/$port#" "$work/health" | bash; }
if healthy 2>/dev/null; then echo "healthy before it runs"; exit 1; fi
DATABASE_URL=sqlite://$work/selfheal.db SELFHEAL_LISTEN=127.0.0.1:$port \
  "$SELFHEAL_BINARY" serve \
  --config "$work/selfheal/etc/selfheal/selfheal.yaml" > "$work/log" 2>&1 &
pid=$!
for _ in $(seq 100); do
  healthy 2>/dev/null && break
  kill -0 $pid || break
  sleep 0.1
done
healthy || { tail -n 5 "$work/log"; exit 1; }
