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
again="{\"template\":{\"metadata\":{\"annotations\":$restart}}}"
patch 200 "restart" "$(spec "$again")"
patch 200 "own annotation" \
  '{"metadata":{"annotations":{"selfheal.dev/last-action":"x"}}}'
# scale CODE WHAT REPLICAS [URL]
scale() {
  expect "$1" "$2" -X PUT -H 'Content-Type: application/json' \
    -d "{\"kind\":\"Scale\",\"apiVersion\":\"autoscaling/v1\",
    \"metadata\":{\"name\":\"cart\"},\"spec\":{\"replicas\":$3}}" \
    "${4:-$cart}/scale"
}
scale 200 "scale" 3
scale 422 "scale to zero" 0
for field in '"paused":true' '"replicas":0' '"replicas":5' \
    '"minReadySeconds":600' '"progressDeadlineSeconds":7' \
    '"revisionHistoryLimit":0'; do
  patch 422 "$field" "$(spec "{$field}")"
done
expect 200 "read pods" "$url/api/v1/namespaces/default/pods"
expect 200 "read the namespace" "$url/api/v1/namespaces/default"
expect 200 "read a Service" "$url/api/v1/namespaces/default/services/kubernetes"
expect 403 "read all Services" "$url/api/v1/namespaces/default/services"
expect 404 "evict a pod that is gone" -X POST \
  -H 'Content-Type: application/json' -d '{"apiVersion":"policy/v1",
  "kind":"Eviction","metadata":{"name":"gone","namespace":"default"}}' \
  "$url/api/v1/namespaces/default/pods/gone/eviction"

node=$url/api/v1/nodes/n1
patch 200 "cordon" '{"metadata":{"annotations":{"selfheal.dev/cordoned":"x"}},
  "spec":{"unschedulable":true}}' "$node"
patch 422 "taints" "$(spec '{"taints":[{"key":"x","effect":"NoExecute"}]}')" \
  "$node"
patch 422 "the network of a node" "$(spec '{"podCIDR":"10.9.0.0/24"}')" "$node"
patch 422 "the cloud's name of a node" "$(spec '{"providerID":"x://y"}')" "$node"
patch 422 "a label of a node" '{"metadata":{"labels":{"x":"y"}}}' "$node"
patch 422 "somebody's annotation of a node" \
  '{"metadata":{"annotations":{"x":"y"}}}' "$node"
patch 200 "uncordon" '{"metadata":{"annotations":{"selfheal.dev/cordoned":null}},
  "spec":{"unschedulable":null}}' "$node"
printf 'apiVersion: v1\nkind: Node\nmetadata: {name: cp}\nspec:
  taints: [{key: node-role.kubernetes.io/control-plane, effect: NoSchedule}]\n' \
  > "$work/node.yaml"
post "$work/node.yaml" ""
patch 422 "cordon the control plane" "$(spec '{"unschedulable":true}')" \
  "$url/api/v1/nodes/cp"
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
patch 403 "another namespace" "$(spec "$again")" \
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

# made COLLECTION JSON: an object, also of a kind that the API server just
# learned.
made() {
  local code
  for _ in $(seq 120); do
    code=$(api -o "$work/answer" -w '%{http_code}' -X POST -H \
      'Content-Type: application/json' -d "$2" "$1")
    [ "$code" = 201 ] && return
    sleep 0.25
  done
  echo "$1: $code: $(head -c 300 "$work/answer")"
  return 1
}
pods='"selector":{"matchLabels":{"app":"x"}},"template":{"metadata":{"labels":
  {"app":"x"}},"spec":{"containers":[{"name":"x","image":"x:1"}]}}'
apps=$url/apis/apps/v1/namespaces/default
made "$apps/daemonsets" "{\"metadata\":{\"name\":\"agent\"},\"spec\":{$pods}}"
made "$apps/statefulsets" "{\"metadata\":{\"name\":\"db\"},\"spec\":{$pods}}"
patch 200 "restart a DaemonSet" "$(spec "$again")" "$apps/daemonsets/agent"
patch 200 "restart a StatefulSet" "$(spec "$again")" "$apps/statefulsets/db"
for field in '"persistentVolumeClaimRetentionPolicy":{"whenScaled":"Delete",
    "whenDeleted":"Delete"}' '"revisionHistoryLimit":0' '"minReadySeconds":600' \
    '"ordinals":{"start":7}' '"updateStrategy":{"type":"OnDelete"}'; do
  patch 422 "$field of a StatefulSet" "$(spec "{$field}")" \
    "$apps/statefulsets/db"
done
patch 422 "a DaemonSet's surge" \
  "$(spec '{"updateStrategy":{"type":"OnDelete","rollingUpdate":null}}')" \
  "$apps/daemonsets/agent"

autoscalers=$url/apis/autoscaling/v2/namespaces/default/horizontalpodautoscalers
made "$autoscalers" '{"metadata":{"name":"cart"},"spec":{"maxReplicas":4,
  "scaleTargetRef":{"apiVersion":"apps/v1","kind":"Deployment","name":"cart"}}}'
patch 200 "bounds" '{"metadata":{"annotations":{"selfheal.dev/last-action":
  "x"}},"spec":{"minReplicas":2,"maxReplicas":6}}' "$autoscalers/cart"
patch 422 "what it scales" "$(spec '{"scaleTargetRef":{"name":"other"}}')" \
  "$autoscalers/cart"
patch 422 "how it scales" \
  "$(spec '{"behavior":{"scaleUp":{"stabilizationWindowSeconds":9}}}')" \
  "$autoscalers/cart"
patch 422 "an autoscaler's label" '{"metadata":{"labels":{"x":"y"}}}' \
  "$autoscalers/cart"
patch 422 "an autoscaler's annotation" \
  '{"metadata":{"annotations":{"x":"y"}}}' "$autoscalers/cart"
patch 422 "an autoscaler's finalizer" \
  '{"metadata":{"finalizers":["x.dev/y"]}}' "$autoscalers/cart"
patch 422 "an autoscaler's owner" '{"metadata":{"ownerReferences":[
  {"apiVersion":"v1","kind":"Pod","name":"x","uid":"y"}]}}' "$autoscalers/cart"

claims=$url/api/v1/namespaces/default/persistentvolumeclaims
made "$url/apis/storage.k8s.io/v1/storageclasses" \
  '{"metadata":{"name":"grows"},"provisioner":"x","allowVolumeExpansion":true}'
made "$claims" '{"metadata":{"name":"data"},"spec":{"storageClassName":"grows",
  "volumeName":"v","accessModes":["ReadWriteOnce"],"resources":{"requests":
  {"storage":"1Gi"}}}}'
api -o "$work/answer" -X PATCH -d '{"status":{"phase":"Bound","capacity":
  {"storage":"1Gi"}}}' -H 'Content-Type: application/merge-patch+json' \
  "$claims/data/status"
size() { spec "{\"resources\":{\"requests\":{\"storage\":\"$1\"}}}"; }
patch 200 "more storage" "$(size 2Gi)" "$claims/data"
patch 422 "less storage" "$(size 1536Mi)" "$claims/data"
patch 422 "a claim's class" "$(spec '{"volumeAttributesClassName":"x"}')" \
  "$claims/data"
patch 422 "a claim's label" '{"metadata":{"labels":{"x":"y"}}}' "$claims/data"

# made_pod NAMESPACE NAME KIND: a pod of an owner, within what pod security
# admits everywhere.
made_pod() {
  made "$url/api/v1/namespaces/$1/pods" "{\"metadata\":{\"name\":\"$2\",
    \"ownerReferences\":[{\"apiVersion\":\"apps/v1\",\"kind\":\"$3\",
    \"name\":\"x\",\"uid\":\"x\",\"controller\":true}]},\"spec\":{
    \"securityContext\":{\"runAsNonRoot\":true,\"seccompProfile\":{
    \"type\":\"RuntimeDefault\"}},\"containers\":[{\"name\":\"x\",
    \"image\":\"x:1\",\"securityContext\":{\"allowPrivilegeEscalation\":
    false,\"capabilities\":{\"drop\":[\"ALL\"]}}}]}}"
}
made_pod default served ReplicaSet
made_pod default job Job
expect 200 "delete a pod of a workload" -X DELETE \
  "$url/api/v1/namespaces/default/pods/served"
expect 422 "delete a pod that nothing brings back" -X DELETE \
  "$url/api/v1/namespaces/default/pods/job"

# crd GROUP PLURAL KIND SUBRESOURCES: a kind in its shape.
crd() {
  made "$url/apis/apiextensions.k8s.io/v1/customresourcedefinitions" \
    "{\"metadata\":{\"name\":\"$2.$1\"},\"spec\":{\"group\":\"$1\",
    \"scope\":\"Namespaced\",\"names\":{\"plural\":\"$2\",
    \"singular\":\"${2%s}\",\"kind\":\"$3\"},\"versions\":[{\"name\":
    \"$4\",\"served\":true,\"storage\":true,\"subresources\":$5,
    \"schema\":{\"openAPIV3Schema\":{\"type\":\"object\",
    \"x-kubernetes-preserve-unknown-fields\":true}}}]}}"
}
# refused OBJECT PATCH: until the policy of its kind is in force.
refused() {
  local code
  for _ in $(seq 120); do
    code=$(as_selfheal -o "$work/answer" -w '%{http_code}' -X PATCH \
      -H 'Content-Type: application/merge-patch+json' -d "$2" "$1?dryRun=All")
    [ "$code" = 422 ] && return
    sleep 0.25
  done
}
crd cert-manager.io certificates Certificate v1 '{"status":{}}'
certificates=$url/apis/cert-manager.io/v1/namespaces/default/certificates
made "$certificates" '{"apiVersion":"cert-manager.io/v1","kind":"Certificate",
  "metadata":{"name":"web"},"spec":{"secretName":"web"}}'
condition() { echo "{\"type\":\"$1\",\"status\":\"$2\"}"; }
status() { echo "{\"status\":{\"conditions\":[$1]${2:-}}}"; }
api -o "$work/answer" -X PATCH -H 'Content-Type: application/merge-patch+json' \
  -d "$(status "$(condition Ready True)")" "$certificates/web/status"
refused "$certificates/web/status" '{"status":{"x":1}}'
patch 200 "a renewal" "$(status "$(condition Ready True),$(condition Issuing True)")" \
  "$certificates/web/status"
patch 422 "another condition" "$(status "$(condition Ready False)")" \
  "$certificates/web/status"
patch 422 "a condition taken away" '{"status":{"conditions":[]}}' \
  "$certificates/web/status"
patch 422 "its revision" '{"status":{"revision":9}}' "$certificates/web/status"

# Of Argo CD's Applications: a sync to what it has had, and nothing else.
crd argoproj.io applications Application v1alpha1 '{}'
applications=$url/apis/argoproj.io/v1alpha1/namespaces/default/applications
shop='{"apiVersion":"argoproj.io/v1alpha1","kind":"Application",
  "metadata":{"name":"shop"},"spec":{"source":{"repoURL":"https://a.example"}},
  "status":{"history":[{"id":1,"revision":"c0"},{"id":2,"revision":"c1"}]}}'
made "$applications" "$shop"
refused "$applications/shop" '{"spec":{"x":1}}'
sync() { echo "{\"operation\":{\"sync\":$1,\"initiatedBy\":{\"username\":\"selfheal\"}}}"; }
patch 200 "a sync" "$(sync '{"revision":"c1"}')" "$applications/shop"
patch 422 "a sync to any revision" "$(sync '{"revision":"evil"}')" \
  "$applications/shop"
patch 422 "a sync to no revision" "$(sync '{"revision":null}')" \
  "$applications/shop"
patch 422 "an operation that is no sync" '{"operation":{"retry":{"limit":9}}}' \
  "$applications/shop"
patch 422 "its history" '{"status":{"history":[{"id":1,"revision":"evil"}]}}' \
  "$applications/shop"
patch 422 "a sync that prunes" "$(sync '{"revision":"c1","prune":true}')" \
  "$applications/shop"
patch 422 "another source" \
  '{"spec":{"source":{"repoURL":"https://evil.example"}}}' "$applications/shop"
patch 422 "an annotation of Argo CD" \
  '{"metadata":{"annotations":{"argocd.argoproj.io/refresh":"hard"}}}' \
  "$applications/shop"
expect 403 "a new Application" -X POST -H 'Content-Type: application/json' \
  -d "$shop" "$applications"

# Of Argo Rollouts: a restart, an abort, a scale. No shipped role grants it
# wholly; here it is granted, so that the policies alone refuse.
crd argoproj.io rollouts Rollout v1alpha1 '{"status":{},"scale":{
  "specReplicasPath":".spec.replicas","statusReplicasPath":".status.replicas"}}'
rollouts=$url/apis/argoproj.io/v1alpha1/namespaces/default/rollouts
role=$url/apis/rbac.authorization.k8s.io/v1
made "$role/namespaces/default/roles" '{"metadata":{"name":"rollouts"},
  "rules":[{"apiGroups":["argoproj.io"],"verbs":["*"],
  "resources":["rollouts","rollouts/scale","rollouts/status"]}]}'
made "$role/namespaces/default/rolebindings" '{"metadata":{"name":"rollouts"},
  "roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"Role",
  "name":"rollouts"},"subjects":[{"kind":"ServiceAccount","name":"selfheal",
  "namespace":"selfheal"}]}'
template='"template":{"metadata":{"labels":{"app":"cart"}},"spec":{"containers":
  [{"name":"cart","image":"cart:1"}],"serviceAccountName":"shop"}}'
rollout() {
  echo "{\"apiVersion\":\"argoproj.io/v1alpha1\",\"kind\":\"Rollout\",
    \"metadata\":{\"name\":\"$1\"},\"spec\":{\"replicas\":2,
    \"selector\":{\"matchLabels\":{\"app\":\"cart\"}},
    \"strategy\":{\"canary\":{}},$2}}"
}
made "$rollouts" "$(rollout cart "$template")"
made "$rollouts" "$(rollout of '"workloadRef":{"name":"cart"}')"
refused "$rollouts/cart" "$(spec '{"x":1}')"
refused "$rollouts/cart/status" '{"status":{"stableRS":"x"}}'
for one in cart of; do
  patch 200 "restart the Rollout $one" \
    "$(spec '{"restartAt":"2026-01-01T00:00:00Z"}')" "$rollouts/$one"
done
patch 200 "abort its update" '{"status":{"abort":true}}' "$rollouts/cart/status"
patch 200 "let it go on" '{"status":{"abort":false}}' "$rollouts/cart/status"
scale 200 "scale a Rollout" 3 "$rollouts/cart"
scale 422 "scale a Rollout to zero" 0 "$rollouts/cart"
patch 422 "the replicas of a Rollout" "$(spec '{"replicas":9}')" \
  "$rollouts/cart"
patch 422 "another image of a Rollout" "$(spec "{\"template\":{\"spec\":{$container}}}")" \
  "$rollouts/cart"
patch 422 "its strategy" "$(spec '{"strategy":{"blueGreen":{}}}')" \
  "$rollouts/cart"
patch 422 "its workload" "$(spec '{"workloadRef":{"name":"x"}}')" \
  "$rollouts/of"
patch 422 "its stable revision" '{"status":{"stableRS":"evil"}}' \
  "$rollouts/cart/status"
patch 422 "a promotion" '{"status":{"promoteFull":true}}' \
  "$rollouts/cart/status"
expect 422 "delete a Rollout" -X DELETE "$rollouts/cart"
expect 422 "make a Rollout" -X POST -H 'Content-Type: application/json' \
  -d "$(rollout new "$template")" "$rollouts"

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
patch 200 "the template that a ReplicaSet of a Rollout keeps" \
  "$(pod "{$container,\"securityContext\":{},\"restartPolicy\":\"Always\",
  \"schedulerName\":\"default-scheduler\",\"serviceAccount\":\"shop\",
  \"dnsPolicy\":\"ClusterFirst\"}")" "$rollouts/cart"
patch 200 "restart a Rollout here too" \
  "$(spec '{"restartAt":"2026-01-02T00:00:00Z"}')" "$rollouts/cart"
for field in '"hostNetwork":true' '"serviceAccount":"admin"' \
    '"serviceAccountName":"admin"' '"securityContext":{"runAsUser":0}'; do
  patch 422 "$field of a Rollout" "$(pod "{$field}")" "$rollouts/cart"
done
patch 422 "the workload of a Rollout here too" \
  "$(spec '{"workloadRef":{"name":"x"}}')" "$rollouts/of"
patch 200 "more memory" "$(one '"resources":{"limits":{"memory":"1Gi"}}')"
patch 200 "annotation of the template" \
  "$(spec '{"template":{"metadata":{"annotations":{"x":"y"}}}}')"
patch 422 "another service account here too" \
  "$(pod '{"serviceAccountName":"admin"}')"
patch 422 "a token of the account" "$(pod '{"automountServiceAccountToken":true}')"
patch 422 "host network here too" "$(pod '{"hostNetwork":true}')"
patch 422 "host processes" "$(pod '{"hostPID":true}')"
patch 422 "a path of the node" "$(pod "{$host}")"
patch 422 "a volume of a driver" \
  "$(pod '{"volumes":[{"name":"x","csi":{"driver":"x.dev"}}]}')"
patch 422 "a token among the volumes" "$(pod '{"volumes":[{"name":"x",
  "projected":{"sources":[{"serviceAccountToken":{"path":"t"}}]}}]}')"
patch 200 "a volume of a ConfigMap" \
  "$(pod '{"volumes":[{"name":"x","configMap":{"name":"x"}}]}')"
patch 422 "a node by name" "$(pod '{"nodeName":"n1"}')"
patch 422 "another priority" \
  "$(pod '{"priorityClassName":"system-node-critical"}')"
patch 422 "a port of the node" \
  "$(one '"ports":[{"containerPort":80,"hostPort":80}]')"
patch 422 "privileged" "$(one '"securityContext":{"privileged":true}')"
patch 422 "as root" "$(pod '{"securityContext":{"runAsUser":0}}')"
patch 422 "strategy here too" \
  "$(spec '{"strategy":{"type":"Recreate","rollingUpdate":null}}')"
patch 422 "a label here too" '{"metadata":{"labels":{"x":"y"}}}'
patch 422 "another image elsewhere" "$(pod "{$container}")" \
  "$url/apis/apps/v1/namespaces/other/deployments/cart"
patch 200 "restart elsewhere" "$(spec "$again")" \
  "$url/apis/apps/v1/namespaces/other/deployments/cart"
# Bound in the whole cluster, as namespaces: ["*"] wants it: what is protected
# stays closed to every write.
for role in selfheal-act selfheal-view; do
  made "$url/apis/rbac.authorization.k8s.io/v1/clusterrolebindings" \
    "{\"metadata\":{\"name\":\"$role\"},\"roleRef\":{\"apiGroup\":
    \"rbac.authorization.k8s.io\",\"kind\":\"ClusterRole\",\"name\":
    \"$role\"},\"subjects\":[{\"kind\":\"ServiceAccount\",\"name\":
    \"selfheal\",\"namespace\":\"selfheal\"}]}"
done
made "$url/apis/rbac.authorization.k8s.io/v1/clusterroles" '{"metadata":
  {"name":"anything"},"rules":[{"apiGroups":["*"],"resources":["*"],
  "verbs":["*"]}]}'
protected=$(sed -n '/kNamespaces = {/,/};/s/.*"\(.*\)".*/\1/p' \
  src/guard/protected.cc)
for namespace in $protected monitoring openshift-dns; do
  made "$url/api/v1/namespaces" "{\"metadata\":{\"name\":\"$namespace\"}}"
done
for namespace in $protected monitoring openshift-dns kube-system selfheal; do
  made_pod "$namespace" x ReplicaSet
  expect 422 "delete a pod of $namespace" -X DELETE \
    "$url/api/v1/namespaces/$namespace/pods/x"
done
system=$url/apis/apps/v1/namespaces/kube-system/deployments/cart
scale 422 "scale what the cluster needs" 1 "$system"
patch 422 "restart what the cluster needs" "$(spec "$again")" "$system"
expect 422 "evict from kube-system" -X POST \
  -H 'Content-Type: application/json' -d '{"apiVersion":"policy/v1",
  "kind":"Eviction","metadata":{"name":"x","namespace":"kube-system"}}' \
  "$url/api/v1/namespaces/kube-system/pods/x/eviction"
made "$url/apis/cert-manager.io/v1/namespaces/kube-system/certificates" \
  '{"apiVersion":"cert-manager.io/v1","kind":"Certificate",
  "metadata":{"name":"web"},"spec":{"secretName":"web"}}'
patch 422 "renew in kube-system" "$(status "$(condition Issuing True)")" \
  "$url/apis/cert-manager.io/v1/namespaces/kube-system/certificates/web/status"
patch 200 "restart anywhere else" "$(spec "$again")" \
  "$url/apis/apps/v1/namespaces/other/deployments/cart"
api -o "$work/answer" -X PATCH -H 'Content-Type: application/merge-patch+json' \
  -d '{"metadata":{"labels":{"selfheal.dev/enabled":"false"}}}' \
  "$url/apis/apps/v1/namespaces/other/deployments/cart"
patch 422 "restart what opts out" "$(spec "$again")" \
  "$url/apis/apps/v1/namespaces/other/deployments/cart"

# With every right of RBAC: still only what is named.
made "$url/apis/rbac.authorization.k8s.io/v1/clusterrolebindings" \
  '{"metadata":{"name":"anything"},"roleRef":{"apiGroup":
  "rbac.authorization.k8s.io","kind":"ClusterRole","name":"anything"},
  "subjects":[{"kind":"ServiceAccount","name":"selfheal",
  "namespace":"selfheal"}]}'
for _ in $(seq 120); do
  code=$(as_selfheal -o "$work/answer" -w '%{http_code}' \
    "$url/api/v1/namespaces/default/secrets")
  [ "$code" = 200 ] && break
  sleep 0.25
done
expect 422 "delete a workload by every right" -X DELETE "$cart"
expect 422 "make a ConfigMap by every right" -X POST \
  -H 'Content-Type: application/json' -d '{"metadata":{"name":"x"}}' \
  "$url/api/v1/namespaces/default/configmaps"
expect 201 "ask which rights it has" -X POST \
  -H 'Content-Type: application/json' -d '{"apiVersion":
  "authorization.k8s.io/v1","kind":"SelfSubjectAccessReview","spec":{
  "resourceAttributes":{"verb":"patch","group":"apps",
  "resource":"deployments","namespace":"default"}}}' \
  "$url/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"
expect 422 "delete a node by every right" -X DELETE "$node"
patch 422 "the status of a workload by every right" \
  '{"status":{"replicas":9}}' "$cart/status"
expect 422 "run in a pod by every right" -X POST \
  "$url/api/v1/namespaces/default/pods/job/exec?command=sh"
[ $result = 0 ] && echo "$calls calls with the stolen token: as expected"
exit $result
