# The shipped alerting and recording rules, by Prometheus' own tool: syntax,
# and the unit tests that lie beside them.
set -euo pipefail
shopt -s nullglob
rules=()
tests=()
for file in rules/prometheus/*.yml rules/prometheus/*.yaml \
  rules/prometheus/tests/*.yml rules/prometheus/tests/*.yaml; do
  if grep -q '^rule_files:' "$file"; then
    tests+=("$file")
  elif grep -q '^groups:' "$file"; then
    rules+=("$file")
  fi
done
[ ${#rules[@]} -gt 0 ] || { echo "no rules in rules/prometheus"; exit 1; }
command -v promtool >/dev/null || { echo "promtool is not installed"; exit 77; }
promtool check rules "${rules[@]}"
[ ${#tests[@]} -eq 0 ] || promtool test rules "${tests[@]}"
