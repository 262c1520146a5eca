#!/usr/bin/env bash
# bench/webhook.sh [--json] [--seconds N]: durable webhook throughput next to
# Debian's `webhook` running `true`, by the same load on the same machine, 16
# connections. `webhook` has two modes: it answers before the command ran
# (plain, loses what it accepted when it dies), or after (output).
set -euo pipefail
cd "$(dirname "$0")/.."

json=false
seconds=5
while [ $# -gt 0 ]; do
  case "$1" in
    --json) json=true ;;
    --seconds) seconds=${2:?}; shift ;;
    *) echo "selfheal: bench: webhook: $1: unknown option" >&2; exit 2 ;;
  esac
  shift
done

command -v webhook > /dev/null || scripts/deps bench
scripts/build release selfheal kubesim bench_webhook >&2

folder=$(mktemp -d)
children=()
stop() {
  local pid
  for pid in "${children[@]}"; do kill "$pid" 2> /dev/null || true; done
  wait || true
  rm -rf "$folder"
}
trap stop EXIT

free_port() {
  python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0))
print(s.getsockname()[1])'
}
await_port() {
  local i
  for i in $(seq 200); do
    (exec 3<> "/dev/tcp/127.0.0.1/$1") 2> /dev/null && return
    sleep 0.05
  done
  echo "selfheal: bench: webhook: nothing listens on port $1" >&2
  exit 1
}

cat > "$folder/hooks.json" << 'HOOKS'
[{"id": "plain", "execute-command": "/bin/true",
  "trigger-rule": {"match": {"type": "value", "value": "firing",
    "parameter": {"source": "payload", "name": "status"}}}},
 {"id": "output", "execute-command": "/bin/true",
  "include-command-output-in-response": true,
  "trigger-rule": {"match": {"type": "value", "value": "firing",
    "parameter": {"source": "payload", "name": "status"}}}}]
HOOKS
hooks_port=$(free_port)
webhook -hooks "$folder/hooks.json" -ip 127.0.0.1 -port "$hooks_port" \
  > "$folder/hooks.log" 2>&1 &
children+=($!)

build/release/kubesim --port 0 --port-file "$folder/kube.port" \
  --kubeconfig "$folder/kubeconfig" > "$folder/kubesim.log" 2>&1 &
children+=($!)
for _ in $(seq 200); do
  [ -s "$folder/kubeconfig" ] && break
  sleep 0.05
done

port=$(free_port)
echo bench-token > "$folder/token"
cat > "$folder/selfheal.yaml" << CONFIG
listen: 127.0.0.1:$port
dry_run: true
database: {url: "sqlite://$folder/selfheal.db"}
auth: {webhook_token_file: $folder/token}
kubernetes: {kubeconfig: $folder/kubeconfig, namespaces: [shop]}
prometheus: {url: "http://127.0.0.1:1"}
rules_dir: rules
runbooks_dir: runbooks
log: {level: error}
CONFIG
build/release/selfheal serve --config "$folder/selfheal.yaml" \
  > "$folder/selfheal.log" 2>&1 &
service=$!
children+=("$service")
await_port "$hooks_port"
await_port "$port"
sleep 1

rss_mb() {
  awk '/VmRSS/ {printf "%.1f", $2 / 1024}' "/proc/$service/status"
}
load() {
  build/release/bench_webhook --seconds "$seconds" --token bench-token "$@"
}

idle=$(rss_mb)
{
  for alerts in 1 100; do
    for mode in plain output; do
      echo "webhook_$mode $alerts $(load --port "$hooks_port" \
        --path "/hooks/$mode" --alerts "$alerts")"
      sleep 1
    done
    echo "unmatched $alerts $(load --port "$port" --alerts "$alerts")"
    echo "matched $alerts $(load --port "$port" --alerts "$alerts" \
      --alertname SelfhealMemoryLeak)"
  done
} > "$folder/figures"
loaded=$(rss_mb)

python3 - "$folder/figures" "$idle" "$loaded" "$json" << 'TABLE'
import json
import sys

path, idle, loaded, as_json = sys.argv[1:]
rates = {}
lines = []
for line in open(path):
    name, alerts, figures = line.split(" ", 2)
    figures = json.loads(figures)
    rates[name, int(alerts)] = figures["requests_per_s"]
    lines.append((name, int(alerts), figures))
ratios = {}
for alerts in (1, 100):
    best = max(rates["webhook_plain", alerts], rates["webhook_output", alerts])
    for name in ("matched", "unmatched"):
        ratios[f"{name}_{alerts}"] = round(rates[name, alerts] / best, 2)
result = {"bench": "webhook", "connections": 16, "ratios": ratios,
          "rss_idle_mb": float(idle), "rss_loaded_mb": float(loaded),
          "runs": [{"name": n, "alerts": a, **f} for n, a, f in lines]}
if as_json == "true":
    print(json.dumps(result))
    sys.exit()
print("| receiver | alerts a payload | payloads/s | p50 ms | p99 ms | failed |")
print("|---|---|---|---|---|---|")
for name, alerts, f in lines:
    shown = name.replace("_", ", ") if "_" in name else f"selfheal, {name}"
    print(f"| {shown} | {alerts} | {f['requests_per_s']:.0f} |"
          f" {f['p50_ms']} | {f['p99_ms']} | {f['bad']} |")
for name, ratio in ratios.items():
    kind, alerts = name.rsplit("_", 1)
    print(f"selfheal, {kind}, {alerts} a payload: {ratio}x the better mode")
print(f"RSS: {idle} MB idle, {loaded} MB after the load")
TABLE
