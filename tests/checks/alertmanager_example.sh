# alertmanager-example.yml, by Alertmanager's own tool; that it keeps what our
# receiver relies on; and that people hear of all that they heard of before. The
# same as values of a Helm chart, in docs/operations.md.
set -euo pipefail
file=alertmanager-example.yml
grep -q 'follow_redirects: false' $file
grep -q 'send_resolved: true' $file
grep -q 'credentials_file:' $file
command -v amtool >/dev/null || { echo "amtool is not installed"; exit 77; }
amtool check-config $file
expect() {
  local told
  told=$(amtool config routes test --config.file="$1" "${@:3}" 2>/dev/null)
  [ "$told" = "$2" ] || { echo "$1: ${*:3}: told $told, not $2"; exit 1; }
}
expect $file selfheal,people alertname=KubePodCrashLooping namespace=default
expect $file people alertname=KubePodCrashLooping namespace=other
expect $file people alertname=SelfhealDown
expect $file people alertname=Watchdog

values=$(mktemp)
trap 'rm -f "$values"' EXIT
awk '/^<!-- \/values/ {on = 0} on {print substr($0, 5)}
  /^  config:/ {on = 1} /^    route:/ {print "  receiver: chart"}
  END {print "  - name: chart"}' docs/operations.md | grep -v '^`' > "$values"
amtool check-config "$values"
expect "$values" selfheal alertname=KubePodCrashLooping namespace=default
expect "$values" chart alertname=KubePodCrashLooping namespace=other
expect "$values" null alertname=Watchdog
