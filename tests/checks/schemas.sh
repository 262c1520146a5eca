# The JSON Schemas beside configuration, rules, runbooks and scenarios: what is
# shipped and the good documents of the corpus are valid, the bad ones are not;
# each shipped file names its schema to the YAML language server.
set -euo pipefail
. tests/checks/lib/python
"$python" - <<'PY'
import glob, json, os, sys
import jsonschema, yaml

def load(path):
    with open(path) as file:
        return json.load(file)

SCHEMAS = {"Rule": load("rules/rule.schema.json"),
           "Runbook": load("runbooks/runbook.schema.json"),
           "Scenario": load("tests/scenarios/scenario.schema.json")}
CONFIG = load("config/config.schema.json")
for schema in [*SCHEMAS.values(), CONFIG]:
    jsonschema.Draft202012Validator.check_schema(schema)

failures, seen = [], {"good": 0, "bad": 0}

def check(path, schema, expect_valid):
    with open(path) as file:
        document = yaml.safe_load(file)
    errors = list(jsonschema.Draft202012Validator(schema).iter_errors(document))
    seen["good" if expect_valid else "bad"] += 1
    if expect_valid and errors:
        failures.append(f"{path}: {errors[0].message}")
    if not expect_valid and not errors:
        failures.append(f"{path}: valid, but should not be")

def check_modeline(path):
    """The first line names a schema by a path from the file."""
    with open(path) as file:
        first = file.readline()
    mark = "# yaml-language-server: $schema="
    schema = os.path.join(os.path.dirname(path), first.removeprefix(mark).strip())
    if not first.startswith(mark) or not os.path.exists(schema):
        failures.append(f"{path}:1:1: names no schema that is there")

def keys(schema):
    """Names of all keys that a schema knows."""
    found = set()
    for name, value in schema.items():
        if name == "properties":
            found |= set(value)
        if isinstance(value, dict):
            found |= keys(value)
    return found

for kind, folder in (("Rule", "rules"), ("Runbook", "runbooks")):
    text = ""
    for path in sorted(glob.glob(f"docs/reference/{folder}/*.yaml")):
        check(path, SCHEMAS[kind], True)
        check_modeline(path)
        with open(path) as file:
            text += file.read()
    for key in sorted(keys(SCHEMAS[kind])):
        if f"{key}:" not in text:
            failures.append(f"docs/reference/{folder}: does not show {key}")
    for path in sorted(glob.glob(f"{folder}/*.yaml")):
        check_modeline(path)
        check(path, SCHEMAS[kind], True)
for path in sorted(glob.glob("tests/scenarios/*.yml")):
    check_modeline(path)
    check(path, SCHEMAS["Scenario"], True)
with open("tests/scenarios/memory-leak.yml") as file:
    story = yaml.safe_load(file)
for where, key, value in [
        (story, "spce", {}), (story["spec"], "alert", []),
        (story["spec"]["expect"], "phase", "Healed"),
        (story["spec"]["expect"], "mutations", -1),
        (story["spec"]["series"][0], "slope", 1),
        (story["spec"]["alerts"][0], "labels", {"pod": 1})]:
    before = dict(where)
    where[key] = value
    if jsonschema.Draft202012Validator(SCHEMAS["Scenario"]).is_valid(story):
        failures.append(f"scenario: {key}: {value} is valid, but should not be")
    seen["bad"] += 1
    where.clear()
    where.update(before)
for path in sorted(glob.glob("tests/adapters/yaml/corpus/*.yaml")):
    name = os.path.basename(path)
    kind = "Runbook" if "-runbook" in name else "Rule"
    if name.startswith("good-"):
        check(path, SCHEMAS[kind], True)
    elif name.startswith("bad-"):
        check(path, SCHEMAS[kind], False)
check("config/selfheal.yaml", CONFIG, True)
check_modeline("config/selfheal.yaml")
for number, (key, value) in enumerate([
        ("dry_run", "yes"), ("unknown", 1), ("guards", {"cooldown": 300}),
        ("judge", {"trees": 5}), ("limits", {"body": "16MB"}),
        ("kubernetes", {"namespaces": "shop"}), ("log", {"level": "loud"}),
        ("approvals", {"approvers": [{"slack_user": "U1"}]})]):
    if jsonschema.Draft202012Validator(CONFIG).is_valid({key: value}):
        failures.append(f"config: {key}: {value} is valid, but should not be")
    seen["bad"] += 1
print("\n".join(failures) or f"{seen['good']} valid, {seen['bad']} refused")
if seen["good"] < 10 or seen["bad"] < 20:
    failures.append("too few documents were found")
sys.exit(1 if failures else 0)
PY
