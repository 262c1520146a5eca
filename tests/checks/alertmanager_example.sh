# alertmanager-example.yml, by Alertmanager's own tool; and that it keeps what
# our receiver relies on.
set -euo pipefail
file=alertmanager-example.yml
grep -q 'follow_redirects: false' $file
grep -q 'send_resolved: true' $file
grep -q 'credentials_file:' $file
command -v amtool >/dev/null || { echo "amtool is not installed"; exit 77; }
amtool check-config $file
