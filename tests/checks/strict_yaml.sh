# What `selfheal check` accepts, a strict loader in Python accepts too.
set -euo pipefail
[ -x "${SELFHEAL_BINARY:-}" ] || { echo "the program is not built"; exit 77; }
. tests/checks/lib/python
"$python" tests/checks/lib/strict_yaml.py "$SELFHEAL_BINARY" 2000 1
