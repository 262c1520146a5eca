# The shell blocks of README.md and docs/, in their order, run as they are
# printed: against a real kube-apiserver, a real Prometheus and a running
# `selfheal serve`. What needs a kubelet, a Docker engine or minikube is played:
# `kubectl exec` and `docker run` run their command here. Blocks marked `bash`
# need PostgreSQL: backup.sh runs them.
set -euo pipefail
for program in kubectl jq prometheus; do
  command -v $program > /dev/null ||
    { echo "$program is not installed"; exit 77; }
done
# shellcheck source=tests/checks/lib/apiserver
. tests/checks/lib/apiserver

binary=${SELFHEAL_BINARY:-$PWD/build/release/selfheal}
export HOME=$work/home KUBECONFIG=$work/kubeconfig
mkdir -p "$HOME" "$work/bin" "$work/here" "$work/data" "$work/blocks"
cat > "$KUBECONFIG" <<YAML
apiVersion: v1
kind: Config
current-context: it
clusters: [{name: it, cluster: {server: "$url", certificate-authority: "$work/certs/apiserver.crt"}}]
users: [{name: it, user: {token: "$token"}}]
contexts: [{name: it, context: {cluster: it, user: it}}]
YAML

# --- the players -------------------------------------------------------------
KUBECTL=$(command -v kubectl) CURL=$(command -v curl)
export KUBECTL CURL
ln -s "$binary" "$work/bin/selfheal"
cat > "$work/bin/kubectl" <<'SH'
#!/usr/bin/env bash
case " $* " in
  # No faster than a person: kubectl takes one a second.
  *" rollout restart "*) sleep 1.1 ;;&
  *" port-forward "* | *" wait "* | *" rollout status "*) exit 0 ;;
  *" exec "*) while [ "$1" != -- ]; do shift; done; shift; exec "$@" ;;
esac
exec "$KUBECTL" "$@"
SH
cat > "$work/bin/docker" <<'SH'
#!/usr/bin/env bash
# A container that goes on is started by scripts/image-check.
[ "$2" != -d ] || exit 0
# compose.sh has docker-compose read the file; here .env has to fill it in.
[ "$1" != compose ] || { ! grep -nE '^[A-Z_]+=$' .env; exit; }
while [[ $1 != *selfheal:* ]]; do shift; done
exec selfheal "${@:2}"
SH
cat > "$work/bin/minikube" <<'SH'
#!/usr/bin/env bash
[ "$1 $2" = "image build" ] && [ -e Dockerfile ]
SH
# An answer that no command should get: the route, the method or the token is
# wrong. Of an incident that is a placeholder there is nothing to be found.
cat > "$work/bin/curl" <<'SH'
#!/usr/bin/env bash
out=$(mktemp)
code=$("$CURL" -sS -o "$out" -w '%{http_code}' "$@")
cat "$out"
case "$code:$*" in
  2*) ;;
  404:*/incidents/ID/*) ;;
  *) echo "curl $*: $code" >&2; exit 1 ;;
esac
SH
chmod +x "$work"/bin/*
for entry in k8s rules runbooks docs grafana compose config tests \
  Dockerfile docker-compose.yml; do
  [ ! -e "$entry" ] || ln -s "$PWD/$entry" "$work/here/$entry"
done

# --- the blocks ----------------------------------------------------------------
python3 - "$work/blocks" README.md docs/operations.md docs/[a-n]*.md \
  docs/[p-z]*.md <<'PY'
import pathlib, re, sys
out, files = pathlib.Path(sys.argv[1]), sys.argv[2:]
number = 0
for file in files:
    text = pathlib.Path(file).read_text()
    for block in re.finditer(r"^( *)```(\w*)\n(.*?)^ *```$", text,
                             re.M | re.S):
        # The demo has a test of its own.
        if block[2] not in ("", "sh") or "<this repository>" in block[3]:
            continue
        number += 1
        line = text.count("\n", 0, block.start()) + 2
        body = re.sub("^" + block[1], "", block[3], flags=re.M)
        (out / f"{number:02}").write_text(f"# {file}:{line}\n{body}")
PY

read -r prometheus_port port _ < <(ports)
echo '{}' > "$work/prometheus.yml"
prometheus --config.file="$work/prometheus.yml" \
  --storage.tsdb.path="$work/prometheus" \
  --web.listen-address="127.0.0.1:$prometheus_port" \
  > "$work/prometheus.log" 2>&1 &
pids+=($!)
export PROMETHEUS_URL=http://127.0.0.1:$prometheus_port
export DATABASE_URL=sqlite://$work/data/selfheal.db
export SELFHEAL_LISTEN=127.0.0.1:$port
export SELFHEAL_WEBHOOK_TOKEN_FILE=$HOME/selfheal-tokens/webhook
export SELFHEAL_ADMIN_TOKEN_FILE=$HOME/selfheal-tokens/admin
export PATH=$work/bin:$PATH

serve() {
  selfheal serve --config config/selfheal.yaml > "$work/serve.log" 2>&1 &
  pids+=($!)
  for _ in $(seq 100); do
    [ "$("$CURL" -s -o /dev/null -w '%{http_code}' \
      "http://127.0.0.1:$port/-/ready")" = 200 ] && return
    sleep 0.1
  done
  tail -n 5 "$work/serve.log"
  exit 1
}

kubectl create namespace monitoring > "$work/log"
cd "$work/here"
serving=0
for block in "$work"/blocks/*; do
  sed -i "s#localhost:8000#127.0.0.1:$port#g; s#/var/lib/selfheal#$work/data#g;
    s#\bsleep 2\b#true#" "$block"
  if [ $serving = 0 ] && grep -q "127.0.0.1:$port" "$block"; then
    serve
    serving=1
  fi
  # Blocks of one page share their shell's variables.
  [ ! -e "$work/variables" ] || sed -i "1r $work/variables" "$block"
  if ! bash -euo pipefail "$block" > "$work/log" 2>&1; then
    head -n 1 "$block"
    tail -n 8 "$work/log"
    exit 1
  fi
  grep -E '^(URL|AUTH)=' "$block" >> "$work/variables" || true
  cp -n selfheal-*.db BACKUP.db 2> /dev/null || true
done
echo "$(find "$work/blocks" -type f | wc -l) blocks of shell commands ran"
