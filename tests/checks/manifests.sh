# k8s/ against a real kube-apiserver: every object is accepted with strict
# field validation (as a server-side dry run), under the restricted pod
# security that its namespace enforces; and the ClusterRoles name no wildcard.
set -euo pipefail

if grep -nE "verbs:.*\*|resources:.*\*|secrets\b.*verbs|pods/exec" k8s/rbac.yaml
then
  echo "k8s/rbac.yaml: a right that the product must not have"
  exit 1
fi
# shellcheck source=tests/checks/lib/apiserver
. tests/checks/lib/apiserver

post k8s/namespace.yaml ""
mkdir "$work/objects"
count=0
for name in $(awk '/^resources:/ {on = 1; next} /^[a-z]/ {on = 0}
  on && $1 == "-" {print $2}' k8s/kustomization.yaml); do
  [ "$name" = namespace.yaml ] && continue
  objects "k8s/$name" "$work/objects"
done
for file in "$work"/objects/*; do
  post "$file" "&dryRun=All"
  count=$((count + 1))
done
# And a pod of the Deployment itself, which the restricted level refuses if
# anything lacks.
awk '/^kind: Deployment/ {on = 1} on' k8s/deployment.yaml > "$work/deployment"
{
  printf 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: probe\n'
  printf '  namespace: selfheal\n'
  awk '/^  template:/ {on = 1} on && /^    spec:/ {spec = 1}
    spec {print substr($0, 5)}' "$work/deployment" |
    sed 's/serviceAccountName: .*/serviceAccountName: selfheal/'
} > "$work/pod.yaml"
code=$(api -o "$work/answer" -w '%{http_code}' -X POST \
  -H 'Content-Type: application/yaml' --data-binary "@$work/pod.yaml" \
  "$url/api/v1/namespaces/selfheal/pods?dryRun=All&fieldValidation=Strict")
[ "$code" = 201 ] || { echo "pod: $code"; cat "$work/answer"; exit 1; }
echo "kube-apiserver accepts $count objects and a pod of the Deployment"
