# What `selfheal check` accepts, a strict loader in Python accepts too.
set -euo pipefail
[ -x "${SELFHEAL_BINARY:-}" ] || { echo "the program is not built"; exit 77; }
python3 -c 'import jsonschema, yaml' 2>/dev/null ||
  { echo "python3-jsonschema and python3-yaml are not installed"; exit 77; }
python3 tests/checks/lib/strict_yaml.py "$SELFHEAL_BINARY" 2000 1
