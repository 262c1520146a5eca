#!/usr/bin/env bash
# bench/webhook.sh [--json] [--seconds N]: durable webhook throughput next to
# Debian's `webhook` running `true`, by the same load on the same machine, 16
# connections. `webhook` has two modes: it answers before the command ran
# (plain, loses what it accepted when it dies), or after (output).
#
# With 100 alerts a payload two things are compared: requests a second with the
# same body (there `webhook` reads the JSON and runs one `true` for all of it),
# and alerts a second against its best at 1 alert a payload, where it runs
# `true` for each. What was acknowledged and not yet correlated at the end of a
# run is shown as left, with the seconds until nothing was.
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
hooks=$!
children+=("$hooks")

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
post() {
  build/release/bench_webhook --token bench-token "$@"
}

# Waits until `webhook` has run what it answered before (its plain mode), so
# that no run pays for the one before it.
settle() {
  local before='' now i
  for i in $(seq 300); do
    now=$(awk '{print $14 + $15 + $16 + $17}' "/proc/$hooks/stat")
    [ "$now" = "$before" ] && return
    before=$now
    sleep 0.4
  done
}

# Each is warm before it is measured: caches, and files that have grown.
load() {
  post --seconds 2 "$@" > /dev/null
  settle
  post --seconds "$seconds" "$@"
}

# What correlate has not looked at yet, and how long it takes to.
left() {
  python3 - "$folder/selfheal.db" << 'LEFT'
import sqlite3
import sys
import time

db = sqlite3.connect(f"file:{sys.argv[1]}?mode=ro", uri=True)


def waiting():
    return db.execute(
        "SELECT count(*) FROM alerts WHERE correlated = 0").fetchone()[0]


start = time.monotonic()
first = now = waiting()
while now > 0 and time.monotonic() - start < 120:
    time.sleep(0.05)
    now = waiting()
print(f'"left":{first},"left_s":{time.monotonic() - start:.1f}', end="")
LEFT
}

idle=$(rss_mb)
{
  for alerts in 1 100; do
    for mode in plain output; do
      echo "webhook_$mode $alerts $(load --port "$hooks_port" \
        --path "/hooks/$mode" --alerts "$alerts")"
      settle
    done
    for kind in unmatched matched; do
      name=BenchAlert
      [ "$kind" = matched ] && name=SelfhealMemoryLeak
      figures=$(load --port "$port" --alerts "$alerts" --alertname "$name")
      echo "$kind $alerts ${figures%\}},$(left)}"
    done
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
single = max(rates["webhook_plain", 1], rates["webhook_output", 1])
for alerts in (1, 100):
    best = max(rates["webhook_plain", alerts], rates["webhook_output", alerts])
    for name in ("matched", "unmatched"):
        ratios[f"{name}_{alerts}"] = round(rates[name, alerts] / best, 2)
for name in ("matched", "unmatched"):
    ratios[f"{name}_alerts"] = round(rates[name, 100] * 100 / single, 2)
result = {"bench": "webhook", "connections": 16, "ratios": ratios,
          "rss_idle_mb": float(idle), "rss_loaded_mb": float(loaded),
          "runs": [{"name": n, "alerts": a, **f} for n, a, f in lines]}
if as_json == "true":
    print(json.dumps(result))
    sys.exit()
print("| receiver | alerts a payload | payloads/s | p50 ms | p99 ms | failed |"
      " left, until none |")
print("|---|---|---|---|---|---|---|")
for name, alerts, f in lines:
    shown = name.replace("_", ", ") if "_" in name else f"selfheal, {name}"
    print(f"| {shown} | {alerts} | {f['requests_per_s']:.0f} |"
          f" {f['p50_ms']} | {f['p99_ms']} | {f['bad']} |"
          + (f" {f['left']}, {f['left_s']} s |" if "left" in f else " |"))
for name, ratio in ratios.items():
    kind, alerts = name.rsplit("_", 1)
    if alerts == "alerts":
        print(f"selfheal, {kind}, alerts/s at 100 a payload: {ratio}x the"
              " better mode's alerts/s at 1 a payload")
    else:
        print(f"selfheal, {kind}, requests/s at {alerts} a payload: {ratio}x"
              " the better mode")
print(f"RSS: {idle} MB idle, {loaded} MB after the load")
TABLE
