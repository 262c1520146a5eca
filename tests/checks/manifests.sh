# k8s/ against a real kube-apiserver: every object is accepted with strict
# field validation (as a server-side dry run), under the restricted pod
# security that its namespace enforces; and the ClusterRoles name no wildcard.
set -euo pipefail

if grep -nE "verbs:.*\*|resources:.*\*|secrets\b.*verbs|pods/exec" k8s/rbac.yaml
then
  echo "k8s/rbac.yaml: a right that the product must not have"
  exit 1
fi
assets=${KUBEBUILDER_ASSETS:-}
[ -x "$assets/controlplane" ] ||
  { echo "KUBEBUILDER_ASSETS names no folder with controlplane"; exit 77; }
for program in etcd curl openssl python3; do
  command -v $program >/dev/null ||
    { echo "$program is not installed"; exit 77; }
done

work=$(mktemp -d)
pids=()
leave() {
  for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done
  wait
  rm -rf "$work"
}
trap leave EXIT

ports() {
  python3 -c 'import socket
s = [socket.socket() for _ in range(3)]
[x.bind(("127.0.0.1", 0)) for x in s]
print(*[x.getsockname()[1] for x in s])'
}
read -r client peer secure < <(ports)
etcd --data-dir "$work/etcd" --unsafe-no-fsync \
  --listen-client-urls "http://127.0.0.1:$client" \
  --advertise-client-urls "http://127.0.0.1:$client" \
  --listen-peer-urls "http://127.0.0.1:$peer" > "$work/etcd.log" 2>&1 &
pids+=($!)
openssl genrsa -out "$work/sa.key" 2048 2>/dev/null
openssl rsa -in "$work/sa.key" -pubout -out "$work/sa.pub" 2>/dev/null
token=$(openssl rand -hex 16)
echo "$token,admin,admin,system:masters" > "$work/tokens.csv"
ln -s "$assets/controlplane" "$work/kube-apiserver"
"$work/kube-apiserver" --etcd-servers "http://127.0.0.1:$client" \
  --cert-dir "$work/certs" --bind-address 127.0.0.1 --secure-port "$secure" \
  --service-account-issuer https://kubernetes.default.svc \
  --service-account-key-file "$work/sa.pub" \
  --service-account-signing-key-file "$work/sa.key" \
  --authorization-mode RBAC --token-auth-file "$work/tokens.csv" \
  --service-cluster-ip-range 10.0.0.0/24 \
  --disable-admission-plugins ServiceAccount \
  --endpoint-reconciler-type none > "$work/apiserver.log" 2>&1 &
pids+=($!)

api() {
  curl -sS --cacert "$work/certs/apiserver.crt" \
    -H "Authorization: Bearer $token" "$@"
}
url=https://127.0.0.1:$secure
for _ in $(seq 240); do
  [ "$(api "$url/readyz" 2>/dev/null || true)" = ok ] && break
  sleep 0.25
done
[ "$(api "$url/readyz")" = ok ] || { tail -n 5 "$work/apiserver.log"; exit 1; }

# The collection that an object's kind is created in.
collection() {
  local kind=$1 namespace=$2
  case "$kind" in
    Namespace) echo /api/v1/namespaces ;;
    ServiceAccount) echo "/api/v1/namespaces/$namespace/serviceaccounts" ;;
    ConfigMap) echo "/api/v1/namespaces/$namespace/configmaps" ;;
    Service) echo "/api/v1/namespaces/$namespace/services" ;;
    PersistentVolumeClaim)
      echo "/api/v1/namespaces/$namespace/persistentvolumeclaims" ;;
    Deployment) echo "/apis/apps/v1/namespaces/$namespace/deployments" ;;
    NetworkPolicy)
      echo "/apis/networking.k8s.io/v1/namespaces/$namespace/networkpolicies" ;;
    ClusterRole) echo /apis/rbac.authorization.k8s.io/v1/clusterroles ;;
    ClusterRoleBinding)
      echo /apis/rbac.authorization.k8s.io/v1/clusterrolebindings ;;
    RoleBinding)
      echo "/apis/rbac.authorization.k8s.io/v1/namespaces/$namespace/rolebindings" ;;
    ValidatingAdmissionPolicy)
      echo /apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies ;;
    ValidatingAdmissionPolicyBinding)
      echo /apis/admissionregistration.k8s.io/v1/validatingadmissionpolicybindings ;;
    *) return 1 ;;
  esac
}

post() {
  local file=$1 query=$2 kind namespace path code
  kind=$(awk '/^kind: / {print $2; exit}' "$file")
  namespace=$(awk '/^  namespace: / {print $2; exit}' "$file")
  path=$(collection "$kind" "$namespace") ||
    { echo "$file: kind $kind is not known here"; return 1; }
  code=$(api -o "$work/answer" -w '%{http_code}' -D "$work/headers" -X POST \
    -H 'Content-Type: application/yaml' --data-binary "@$file" \
    "$url$path?fieldValidation=Strict$query")
  if [ "$code" != 201 ]; then
    echo "$kind: $code"
    cat "$work/answer"
    return 1
  fi
  # Pod security answers a Deployment by a warning, a pod by a refusal.
  if grep -i '^warning:' "$work/headers"; then
    echo "$kind: accepted with the warning above"
    return 1
  fi
}

post k8s/namespace.yaml ""
mkdir "$work/objects"
count=0
for name in $(awk '/^resources:/ {on = 1; next} /^[a-z]/ {on = 0}
  on && $1 == "-" {print $2}' k8s/kustomization.yaml); do
  [ "$name" = namespace.yaml ] && continue
  awk -v out="$work/objects/$name" '/^---$/ {n++; next}
    {print > (out "." n + 0)}' "k8s/$name"
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
