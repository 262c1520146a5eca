# k8s/overlays/prometheus-operator/prometheus-rules.yaml holds the groups of
# rules/prometheus, and nothing else: `scripts/lib/operator_rules` writes it.
set -euo pipefail
file=k8s/overlays/prometheus-operator/prometheus-rules.yaml
scripts/lib/operator_rules | diff -u "$file" - ||
  { echo "run: scripts/lib/operator_rules > $file"; exit 1; }
