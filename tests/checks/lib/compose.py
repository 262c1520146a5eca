"""Reads docker-compose.yml and the files that it mounts: everything named is
there, documented and pinned. Lays each service's files out below a folder as
its container sees them, and selfheal's health check beside them, for the tools
of compose.sh.

    python3 compose.py FOLDER
"""
import pathlib
import re
import shutil
import sys

import yaml

work = pathlib.Path(sys.argv[1])
text = pathlib.Path("docker-compose.yml").read_text(encoding="utf-8")
stack = yaml.safe_load(text)
services = stack["services"]
docs = pathlib.Path("docs/operations.md").read_text(encoding="utf-8")
failures = []


def check(good, what):
    if not good:
        failures.append(what)


# Newer keys than docker-compose 1.29 reads, or such as newer ones warn of.
check(set(stack) == {"services", "networks", "volumes", "secrets"},
      f"top-level keys {sorted(stack)}")
check(set(services) == {"selfheal", "postgres", "prometheus", "alertmanager",
                        "grafana"}, f"services {sorted(services)}")

example = pathlib.Path("compose/env.example").read_text(encoding="utf-8")
named = set(re.findall(r"^#?([A-Z_]+)=", example, re.M))
used = set(re.findall(r"\$\{([A-Z_]+)", text))
check(named == used, f"compose/env.example: {sorted(named ^ used)}")
for variable, default in re.findall(r"\$\{([A-Z_]+):-([^}]*)\}", text):
    check(default == "" or "PASSWORD" not in variable,
          f"{variable} has a default")
    check(f"#{variable}={default}\n" in example,
          f"compose/env.example: {variable} is {default}")
for variable in re.findall(r"\$\{([A-Z_]*(?:PASSWORD|SECRETS))\}", text):
    check(f"${{{variable}:?" in text, f"{variable} may be empty")


def lay_out(name, service):
    """Copies what the service mounts; named volumes are declared."""
    for mount in service.get("volumes", []):
        source, target = mount.split(":")[:2]
        if not source.startswith("."):
            check(source in stack["volumes"], f"{name}: no volume {source}")
            continue
        check(mount.endswith(":ro"), f"{name}: {source} is writable")
        if not pathlib.Path(source).exists():
            failures.append(f"{name}: no {source}")
            continue
        copy = work / name / target.lstrip("/")
        copy.parent.mkdir(parents=True, exist_ok=True)
        copier = shutil.copytree if pathlib.Path(source).is_dir() \
            else shutil.copy
        copier(source, copy)
    for secret in service.get("secrets", []):
        check(secret in stack["secrets"], f"{name}: no secret {secret}")


for name, service in services.items():
    check(re.fullmatch(r"[a-z/]+:v?\d+\.\d+(\.\d+)?", service["image"]),
          f"{name}: {service['image']} is not pinned")
    check(service.get("healthcheck", {}).get("test"), f"{name}: no healthcheck")
    for port in service.get("ports", []):
        address, outside, _ = port.split(":")
        check(address == "127.0.0.1", f"{name}: {port} is open to the world")
        check(f"`http://localhost:{outside}`" in docs,
              f"docs/operations.md: no http://localhost:{outside}")
    for other in service.get("depends_on", {}):
        check(other in services, f"{name}: no service {other}")
    lay_out(name, service)

ours = services["selfheal"]
check(ours["read_only"] and ours["cap_drop"] == ["ALL"], "selfheal: rights")
(work / "health").write_text(
    ours["healthcheck"]["test"][-1].replace("$$", "$"), encoding="utf-8")

# Every address in what is mounted is a service, or the container itself.
for file in sorted(pathlib.Path("compose").glob("*.y*ml")):
    for host in re.findall(r"(?://|\")([a-z]+):\d+",
                           file.read_text(encoding="utf-8")):
        check(host in services or host == "localhost", f"{file}: {host}")


def check_grafana(root, environment):
    """The documented keys, and a folder of dashboards that is mounted."""
    provisioning = root / "etc/grafana/provisioning"
    source = yaml.safe_load(
        (provisioning / "datasources/prometheus.yml").read_text())
    check(source["apiVersion"] == 1 and set(source) <= {
        "apiVersion", "datasources", "deleteDatasources", "prune"},
          f"data sources: {sorted(source)}")
    for one in source["datasources"]:
        check({"name", "type", "access", "url"} <= set(one) <= {
            "name", "type", "access", "orgId", "uid", "url", "user",
            "database", "basicAuth", "basicAuthUser", "withCredentials",
            "isDefault", "jsonData", "secureJsonData", "version", "editable"},
              f"data source: {sorted(one)}")
    provider = yaml.safe_load(
        (provisioning / "dashboards/selfheal.yaml").read_text())
    folder = provider["providers"][0]["options"]["path"]
    check(list((root / folder.lstrip("/")).glob("*.json")),
          f"grafana: no dashboards in {folder}")
    home = environment["GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH"]
    check((root / home.lstrip("/")).exists(), f"grafana: no {home}")


if not failures:
    check_grafana(work / "grafana", services["grafana"]["environment"])
print("\n".join(failures) or f"{len(services)} services, as documented")
sys.exit(1 if failures else 0)
