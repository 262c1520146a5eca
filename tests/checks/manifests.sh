# k8s/ against a real kube-apiserver: every object is accepted with strict
# field validation (as a server-side dry run), under the restricted pod
# security that its namespace enforces; the ClusterRoles name no wildcard; and
# what the component for PostgreSQL takes out or changes is in the base.
set -euo pipefail

if grep -nE "verbs:.*\*|resources:.*\*|secrets\b.*verbs|pods/exec" k8s/rbac.yaml
then
  echo "k8s/rbac.yaml: a right that the product must not have"
  exit 1
fi
# shellcheck source=tests/checks/lib/apiserver
. tests/checks/lib/apiserver

post k8s/namespace.yaml ""
count=0
pods=0

# accept FILE: each of its objects.
accept() {
  local folder file
  folder=$(mktemp -d -p "$work")
  objects "$1" "$folder"
  for file in "$folder"/*; do
    post "$file" "&dryRun=All"
    count=$((count + 1))
    if grep -q '^kind: Deployment' "$file"; then accept_pod "$file"; fi
  done
}

# A pod of a Deployment, which the restricted level refuses if anything lacks.
accept_pod() {
  local code
  {
    printf 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: probe\n'
    printf '  namespace: selfheal\n'
    awk '/^  template:/ {on = 1} on && /^    spec:/ {spec = 1}
      spec {print substr($0, 5)}' "$1"
  } > "$work/pod.yaml"
  code=$(api -o "$work/answer" -w '%{http_code}' -X POST \
    -H 'Content-Type: application/yaml' --data-binary "@$work/pod.yaml" \
    "$url/api/v1/namespaces/selfheal/pods?dryRun=All&fieldValidation=Strict")
  [ "$code" = 201 ] || { echo "pod of $1: $code"; cat "$work/answer"; exit 1; }
  pods=$((pods + 1))
}

# The files that a kustomization lists.
listed() {
  awk '/^resources:/ {on = 1; next} /^[a-z]/ {on = 0}
    on && $1 == "-" && $2 ~ /yaml$/ {print $2}' "$1/kustomization.yaml"
}
for folder in k8s k8s/overlays/postgres; do
  for name in $(listed "$folder"); do
    [ "$name" = namespace.yaml ] || accept "$folder/$name"
  done
done
python3 - <<'PY'
import yaml


def objects(folder):
    listed = yaml.safe_load(open(f"{folder}/kustomization.yaml"))["resources"]
    return {(each["kind"], each["metadata"]["name"]) for name in listed
            for each in yaml.safe_load_all(open(f"{folder}/{name}"))}


component = yaml.safe_load(open("k8s/overlays/postgres/kustomization.yaml"))
for patch in component["patches"]:
    changed = yaml.safe_load(patch["patch"])
    what = (changed["kind"], changed["metadata"]["name"])
    assert what in objects("k8s"), f"k8s/overlays/postgres: no {what} in k8s/"
PY
echo "kube-apiserver accepts $count objects and a pod of each of the $pods Deployments"
