# The Grafana dashboards without Grafana: their form, the names of their
# metrics, and the syntax of every query by promtool.
set -euo pipefail
. tests/checks/lib/python
command -v promtool >/dev/null || { echo "promtool is not installed"; exit 77; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$python" - "$work/rules.yml" <<'PY'
import glob, json, re, sys
import yaml

README = open("README.md").read()
VARIABLES = {"$__rate_interval": "1m", "$__range": "1h"}
failures, rules, uids = [], [], set()

def check(good, what):
    if not good:
        failures.append(what)

def check_panel(file, panel):
    where = f"{file}: {panel['title']}"
    grid = panel["gridPos"]
    check(grid["x"] + grid["w"] <= 24, f"{where}: wider than the page")
    if panel["type"] == "row":
        return
    check(panel["targets"], f"{where}: asks nothing")
    for target in [panel, *panel["targets"]]:
        check(target["datasource"] == {"type": "prometheus",
                                       "uid": "${datasource}"},
              f"{where}: not of the variable datasource")
    for target in panel["targets"]:
        expr = target["expr"]
        for name, value in VARIABLES.items():
            expr = expr.replace(name, value)
        check("$" not in expr, f"{where}: another variable in {expr}")
        for metric in re.findall(r"selfheal_[a-z_]+", expr):
            family = re.sub(r"_bucket$", "", metric)
            check(f"| `{family}` |" in README, f"{where}: no metric {family}")
        rules.append({"record": f"panel:{len(rules)}", "expr": expr})

files = sorted(glob.glob("grafana/dashboards/*.json"))
check(files, "no dashboards")
for file in files:
    board = json.load(open(file))
    check(board["schemaVersion"] == 39 and "id" not in board, f"{file}: form")
    check(8 <= len(board["uid"]) <= 40 and board["uid"] not in uids,
          f"{file}: uid")
    uids.add(board["uid"])
    check([v["type"] for v in board["templating"]["list"]] == ["datasource"],
          f"{file}: variables")
    ids = [panel["id"] for panel in board["panels"]]
    check(len(ids) == len(set(ids)), f"{file}: an id twice")
    for panel in board["panels"]:
        check_panel(file, panel)
provider = yaml.safe_load(
    open("grafana/provisioning/dashboards/selfheal.yaml"))["providers"][0]
check(provider["type"] == "file" and provider["options"]["path"], "provider")
kustomization = yaml.safe_load(open("grafana/kustomization.yaml"))
listed = kustomization["configMapGenerator"][0]["files"]
check([f"grafana/{name}" for name in listed] == files,
      "grafana/kustomization.yaml does not list the dashboards")
json.dump({"groups": [{"name": "panels", "rules": rules}]},
          open(sys.argv[1], "w"))
print("\n".join(failures) or f"{len(rules)} queries of {len(files)} dashboards")
sys.exit(1 if failures or len(rules) < 30 else 0)
PY
promtool check rules "$work/rules.yml"
