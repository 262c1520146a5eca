# alertmanager-example.yml, by Alertmanager's own tool; that it keeps what our
# receiver relies on; and that people hear of all that they heard of before.
set -euo pipefail
file=alertmanager-example.yml
grep -q 'follow_redirects: false' $file
grep -q 'send_resolved: true' $file
grep -q 'credentials_file:' $file
command -v amtool >/dev/null || { echo "amtool is not installed"; exit 77; }
amtool check-config $file
told() { amtool config routes test --config.file=$file "$@" 2>/dev/null; }
expect() {
  [ "$1" = "$2" ] || { echo "$3: told $1, expected $2"; exit 1; }
}
expect "$(told alertname=KubePodCrashLooping namespace=default)" \
  selfheal,people "a protected namespace"
expect "$(told alertname=KubePodCrashLooping namespace=other)" \
  people "another namespace"
expect "$(told alertname=SelfhealDown)" people "an alert about ourselves"
expect "$(told alertname=Watchdog)" people "the Watchdog"
