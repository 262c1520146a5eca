# The ClusterRoles of k8s/rbac.yaml, and with nodes opted in those of the overlay
# for nodes too, are what `selfheal rbac` prints for the shipped runbooks:
# nothing unused, nothing missing; and none is broad.
set -euo pipefail
[ -x "${SELFHEAL_BINARY:-}" ] || { echo "the program is not built"; exit 77; }
. tests/checks/lib/python
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$SELFHEAL_BINARY" rbac > "$work/generated.yaml"
echo 'guards: {nodes: true}' > "$work/config.yaml"
"$SELFHEAL_BINARY" rbac --config "$work/config.yaml" > "$work/nodes.yaml"
compare() {
  "$python" - "$@" <<'PY'
import sys
import yaml

def roles(path):
    """Name of a ClusterRole -> its (group, resource, verb) triples."""
    found = {}
    with open(path, encoding="utf-8") as file:
        for each in yaml.safe_load_all(file):
            if each["kind"] != "ClusterRole":
                continue
            found[each["metadata"]["name"]] = {
                (group, resource, verb) for rule in each["rules"]
                for group in rule["apiGroups"]
                for resource in rule["resources"] for verb in rule["verbs"]}
    return found

generated, shipped = roles(sys.argv[1]), {}
for path in sys.argv[2:]:
    shipped.update(roles(path))
if generated.keys() != shipped.keys():
    sys.exit(f"roles {sorted(generated)}, shipped {sorted(shipped)}")
for name, rights in generated.items():
    if rights != shipped[name]:
        sys.exit(f"{name}: not shipped {sorted(rights - shipped[name])}, "
                 f"not needed {sorted(shipped[name] - rights)}")
for group, resource, verb in set().union(*generated.values()):
    assert "*" not in (group, resource, verb), (group, resource, verb)
    assert resource not in ("secrets", "pods/exec"), resource
    assert resource != "pods" or verb not in ("create", "update", "patch")
print(f"{sum(map(len, generated.values()))} rights in {len(generated)} roles")
PY
}
compare "$work/generated.yaml" k8s/rbac.yaml
compare "$work/nodes.yaml" k8s/rbac.yaml k8s/overlays/nodes/nodes.yaml
