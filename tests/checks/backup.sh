# Backup and restore by the very commands of docs/operations.md, over both
# stores: afterwards there is what was stored before the backup, and no more.
set -euo pipefail
[ -x "${SELFHEAL_BINARY:-}" ] || { echo "the program is not built"; exit 77; }
exec python3 -B tests/checks/lib/backup.py "$SELFHEAL_BINARY"
