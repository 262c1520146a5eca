# docs/operations.md explains each alert about the service and each metric, and
# nothing that is not there; docs/runbooks.md names the other shipped alerts;
# links of both lead somewhere.
set -euo pipefail
. tests/checks/lib/python
exec "$python" tests/checks/lib/operations.py
