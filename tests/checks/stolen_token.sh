# What somebody can do with a stolen token of the service account of k8s/, with
# k8s/rbac.yaml and k8s/overlays/admission in force on a real kube-apiserver:
# what selfheal does, and nothing else.
set -euo pipefail
# shellcheck source=tests/checks/lib/apiserver
. tests/checks/lib/apiserver

mkdir "$work/objects"
objects k8s/rbac.yaml "$work/objects"
objects k8s/overlays/nodes/nodes.yaml "$work/objects"
objects k8s/overlays/admission/policy.yaml "$work/objects"
post k8s/namespace.yaml ""
for file in "$work"/objects/*; do post "$file" ""; done

workload() {
  cat <<YAML
apiVersion: apps/v1
kind: Deployment
metadata:
  name: cart
  namespace: $1
  annotations: {owner: shop}
spec:
  replicas: 2
  selector: {matchLabels: {app: cart}}
  template:
    metadata: {labels: {app: cart}}
    spec: {containers: [{name: cart, image: "cart:1"}]}
YAML
}
for namespace in default kube-system; do
  workload $namespace > "$work/workload.yaml"
  post "$work/workload.yaml" ""
done
printf 'apiVersion: v1\nkind: Node\nmetadata:\n  name: n1\n' \
  > "$work/node.yaml"
post "$work/node.yaml" ""

result=0
calls=0
# expect CODE WHAT CURL-ARGUMENT...: one call with the stolen token.
expect() {
  local wanted=$1 what=$2 code
  shift 2
  calls=$((calls + 1))
  code=$(as_selfheal -o "$work/answer" -w '%{http_code}' "$@")
  if [ "$code" != "$wanted" ]; then
    echo "$what: expected $wanted, got $code: $(head -c 300 "$work/answer")"
    result=1
  fi
}
cart=$url/apis/apps/v1/namespaces/default/deployments/cart
patch() {
  expect "$1" "$2" -X PATCH -H 'Content-Type: application/merge-patch+json' \
    -d "$3" "${4:-$cart}"
}
spec() { echo "{\"spec\":$1}"; }
container='"containers":[{"name":"cart","image":"evil:1"}]'

# The policy is in force once the API server has compiled it.
for _ in $(seq 120); do
  code=$(as_selfheal -o "$work/answer" -w '%{http_code}' -X PATCH \
    -H 'Content-Type: application/merge-patch+json' \
    -d "$(spec "{\"template\":{\"spec\":{$container}}}")" "$cart?dryRun=All")
  [ "$code" = 422 ] && break
  sleep 0.25
done

restart='{"kubectl.kubernetes.io/restartedAt":"2026-01-01T00:00:00Z"}'
patch 200 "restart" \
  "$(spec "{\"template\":{\"metadata\":{\"annotations\":$restart}}}")"
patch 200 "pause" "$(spec '{"paused":true}')"
patch 200 "own annotation" \
  '{"metadata":{"annotations":{"selfheal.dev/last-action":"x"}}}'
expect 200 "scale" -X PUT -H 'Content-Type: application/json' \
  -d '{"kind":"Scale","apiVersion":"autoscaling/v1","metadata":{"name":"cart",
  "namespace":"default"},"spec":{"replicas":3}}' "$cart/scale"
expect 200 "read pods" "$url/api/v1/namespaces/default/pods"
expect 200 "read the namespace" "$url/api/v1/namespaces/default"
expect 404 "evict a pod that is gone" -X POST \
  -H 'Content-Type: application/json' -d '{"apiVersion":"policy/v1",
  "kind":"Eviction","metadata":{"name":"gone","namespace":"default"}}' \
  "$url/api/v1/namespaces/default/pods/gone/eviction"

node=$url/api/v1/nodes/n1
patch 200 "cordon" '{"metadata":{"annotations":{"selfheal.dev/cordoned":"x"}},
  "spec":{"unschedulable":true}}' "$node"
patch 422 "taints" "$(spec '{"taints":[{"key":"x","effect":"NoExecute"}]}')" \
  "$node"
patch 422 "a label of a node" '{"metadata":{"labels":{"x":"y"}}}' "$node"
patch 422 "somebody's annotation of a node" \
  '{"metadata":{"annotations":{"x":"y"}}}' "$node"
patch 200 "uncordon" '{"metadata":{"annotations":{"selfheal.dev/cordoned":null}},
  "spec":{"unschedulable":null}}' "$node"
expect 403 "delete a node" -X DELETE "$node"
expect 403 "the status of a node" -X PATCH \
  -H 'Content-Type: application/merge-patch+json' -d '{"status":{}}' \
  "$node/status"

patch 422 "another image" "$(spec "{\"template\":{\"spec\":{$container}}}")"
patch 422 "host network" \
  "$(spec '{"template":{"spec":{"hostNetwork":true}}}')"
patch 422 "another service account" \
  "$(spec '{"template":{"spec":{"serviceAccountName":"admin"}}}')"
patch 422 "label of the template" \
  "$(spec '{"template":{"metadata":{"labels":{"x":"y"}}}}')"
patch 422 "annotation of the template" \
  "$(spec '{"template":{"metadata":{"annotations":{"x":"y"}}}}')"
patch 422 "somebody's annotation" '{"metadata":{"annotations":{"owner":null}}}'
patch 422 "a label" '{"metadata":{"labels":{"x":"y"}}}'
patch 422 "a finalizer" '{"metadata":{"finalizers":["x.dev/y"]}}'
patch 422 "strategy" "$(spec '{"strategy":{"type":"Recreate","rollingUpdate":null}}')"
patch 403 "another namespace" "$(spec '{"paused":true}')" \
  "$url/apis/apps/v1/namespaces/kube-system/deployments/cart"
expect 403 "read secrets" "$url/api/v1/namespaces/default/secrets"
expect 403 "read its own secrets" "$url/api/v1/namespaces/selfheal/secrets"
expect 403 "delete a workload" -X DELETE "$cart"
expect 403 "make a pod" -X POST -H 'Content-Type: application/yaml' \
  --data-binary "apiVersion: v1
kind: Pod
metadata: {name: evil}
spec: {containers: [{name: a, image: a}]}" "$url/api/v1/namespaces/default/pods"
expect 403 "run in a pod" -X POST \
  "$url/api/v1/namespaces/default/pods/cart/exec?command=sh"
expect 403 "make a token" -X POST -H 'Content-Type: application/json' -d '{}' \
  "$url/api/v1/namespaces/selfheal/serviceaccounts/selfheal/token"
expect 403 "grant itself a right" -X POST -H 'Content-Type: application/json' \
  -d '{}' "$url/apis/rbac.authorization.k8s.io/v1/clusterrolebindings"

# Of Argo CD's Applications, with a CRD in its shape: a sync, and nothing else.
cat > "$work/crd.yaml" <<YAML
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: applications.argoproj.io}
spec:
  group: argoproj.io
  scope: Namespaced
  names: {plural: applications, singular: application, kind: Application}
  versions:
    - name: v1alpha1
      served: true
      storage: true
      schema:
        openAPIV3Schema:
          type: object
          x-kubernetes-preserve-unknown-fields: true
YAML
api -o "$work/answer" -X POST -H 'Content-Type: application/yaml' \
  --data-binary "@$work/crd.yaml" \
  "$url/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
applications=$url/apis/argoproj.io/v1alpha1/namespaces/default/applications
shop='{"apiVersion":"argoproj.io/v1alpha1","kind":"Application",
  "metadata":{"name":"shop"},"spec":{"source":{"repoURL":"https://a.example"}}}'
for _ in $(seq 120); do
  code=$(api -o "$work/answer" -w '%{http_code}' -X POST -H \
    'Content-Type: application/json' -d "$shop" "$applications")
  [ "$code" = 201 ] && break
  sleep 0.25
done
for _ in $(seq 120); do
  code=$(as_selfheal -o "$work/answer" -w '%{http_code}' -X PATCH \
    -H 'Content-Type: application/merge-patch+json' -d '{"spec":{"x":1}}' \
    "$applications/shop?dryRun=All")
  [ "$code" = 422 ] && break
  sleep 0.25
done
sync() { echo "{\"operation\":{\"sync\":$1,\"initiatedBy\":{\"username\":\"selfheal\"}}}"; }
patch 200 "a sync" "$(sync '{"revision":"c1"}')" "$applications/shop"
patch 422 "a sync that prunes" "$(sync '{"revision":"c1","prune":true}')" \
  "$applications/shop"
patch 422 "another source" \
  '{"spec":{"source":{"repoURL":"https://evil.example"}}}' "$applications/shop"
patch 422 "an annotation of Argo CD" \
  '{"metadata":{"annotations":{"argocd.argoproj.io/refresh":"hard"}}}' \
  "$applications/shop"
expect 403 "a new Application" -X POST -H 'Content-Type: application/json' \
  -d "$shop" "$applications"

# With k8s/overlays/rollback in force: in the namespaces that it lists, what a
# rollback needs, and nothing beyond; elsewhere as before.
printf 'apiVersion: v1\nkind: Namespace\nmetadata:\n  name: other\n' \
  > "$work/other.yaml"
post "$work/other.yaml" ""
workload other > "$work/workload.yaml"
post "$work/workload.yaml" ""
sed 's/namespace: default/namespace: other/' k8s/rbac.yaml > "$work/other.yaml"
mkdir "$work/more"
objects "$work/other.yaml" "$work/more"
for file in $(grep -l '^kind: RoleBinding' "$work"/more/*); do
  post "$file" ""
done
mkdir "$work/rollback"
objects k8s/overlays/rollback/policy.yaml "$work/rollback"
for file in "$work"/rollback/*; do post "$file" ""; done
bindings=$url$(collection ValidatingAdmissionPolicyBinding "")
api -o "$work/answer" -X PATCH -H 'Content-Type: application/merge-patch+json' \
  -d '{"spec":{"matchResources":{"namespaceSelector":{"matchExpressions":[
  {"key":"kubernetes.io/metadata.name","operator":"NotIn",
  "values":["default"]}]}}}}' "$bindings/selfheal-workloads"
pod() { spec "{\"template\":{\"spec\":$1}}"; }
host='"volumes":[{"name":"root","hostPath":{"path":"/"}}]'
one() { pod "{\"containers\":[{\"name\":\"cart\",\"image\":\"cart:1\",$1}]}"; }
for _ in $(seq 120); do
  code=$(as_selfheal -o "$work/answer" -w '%{http_code}' -X PATCH \
    -H 'Content-Type: application/merge-patch+json' \
    -d "$(pod "{$container}")" "$cart?dryRun=All")
  code="$code $(as_selfheal -o "$work/answer" -w '%{http_code}' -X PATCH \
    -H 'Content-Type: application/merge-patch+json' \
    -d "$(pod '{"hostNetwork":true}')" "$cart?dryRun=All")"
  [ "$code" = "200 422" ] && break
  sleep 0.25
done
patch 200 "the image of another revision" "$(pod "{$container}")"
patch 200 "more memory" "$(one '"resources":{"limits":{"memory":"1Gi"}}')"
patch 200 "annotation of the template" \
  "$(spec '{"template":{"metadata":{"annotations":{"x":"y"}}}}')"
patch 422 "another service account here too" \
  "$(pod '{"serviceAccountName":"admin"}')"
patch 422 "a token of the account" "$(pod '{"automountServiceAccountToken":true}')"
patch 422 "host network here too" "$(pod '{"hostNetwork":true}')"
patch 422 "host processes" "$(pod '{"hostPID":true}')"
patch 422 "a path of the node" "$(pod "{$host}")"
patch 422 "a port of the node" \
  "$(one '"ports":[{"containerPort":80,"hostPort":80}]')"
patch 422 "privileged" "$(one '"securityContext":{"privileged":true}')"
patch 422 "as root" "$(pod '{"securityContext":{"runAsUser":0}}')"
patch 422 "strategy here too" \
  "$(spec '{"strategy":{"type":"Recreate","rollingUpdate":null}}')"
patch 422 "a label here too" '{"metadata":{"labels":{"x":"y"}}}'
patch 422 "another image elsewhere" "$(pod "{$container}")" \
  "$url/apis/apps/v1/namespaces/other/deployments/cart"
patch 200 "pause elsewhere" "$(spec '{"paused":true}')" \
  "$url/apis/apps/v1/namespaces/other/deployments/cart"
[ $result = 0 ] && echo "$calls calls with the stolen token: as expected"
exit $result
