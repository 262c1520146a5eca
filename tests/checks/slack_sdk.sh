# The local workspace of Slack that the tests speak with is held against
# Slack's own SDK, from PyPI in a venv.
set -euo pipefail
sdk="slack_sdk==3.48.0 slack_bolt==1.30.0"
venv=build/slack_sdk
if [ ! -e "$venv/complete" ]; then
  rm -rf "$venv"
  # shellcheck disable=SC2086
  if ! python3 -m venv "$venv" ||
    ! timeout 100 "$venv/bin/pip" install --quiet $sdk; then
    echo "skipped: $sdk cannot be installed from PyPI"
    exit 77
  fi
  touch "$venv/complete"
fi
exec "$venv/bin/python" -B tests/checks/lib/slack_sdk_check.py
