"""Compares the tables of docs/operations.md with the shipped alerts and with
the README's table of metrics, which a test compares with the program's own.
Run by operations.sh."""
import glob
import pathlib
import re
import sys

import yaml

failures = []


def check(good, what):
    if not good:
        failures.append(what)


def read(path):
    return pathlib.Path(path).read_text(encoding="utf-8")


def rows(text, mark):
    """The cells of each row of the table between two marks."""
    table = text.split(f"<!-- {mark} -->\n")[1].split(f"<!-- /{mark} -->")[0]
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
            for line in table.splitlines()[2:]]


def alerts(path):
    """(name, severity) of each alert of a file of Prometheus, in its order."""
    return [(rule["alert"], rule["labels"]["severity"])
            for group in yaml.safe_load(read(path))["groups"]
            for rule in group["rules"] if "alert" in rule]


def anchors(text):
    """As GitHub names the headings; of equal ones the second ends in -1."""
    found = []
    for title in re.findall(r"^#+ (.*)$", text, re.M):
        name = re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-")
        again = sum(re.fullmatch(name + r"(-\d+)?", one) is not None
                    for one in found)
        found.append(f"{name}-{again}" if again else name)
    return found


def check_links(page):
    text = read(page)
    for path, anchor in re.findall(r"\]\((?!https?:)([^)#\s]*)#?([^)\s]*)\)",
                                   text):
        target = pathlib.Path(page).parent / path if path \
            else pathlib.Path(page)
        if not target.exists():
            failures.append(f"{page}: no {path}")
        elif anchor:
            check(anchor in anchors(read(target)),
                  f"{page}: no #{anchor} in {target}")


page = read("docs/operations.md")
SERVICE = "rules/prometheus/service.yml"
explained = rows(page, "alerts")
check([(row[0].strip("`"), row[1]) for row in explained] == alerts(SERVICE),
      f"docs/operations.md: the alerts of {SERVICE}, in their order: "
      f"{sorted({row[0].strip('`') for row in explained} ^ {a for a, _ in alerts(SERVICE)})}")
for row in explained:
    check(len(row) == 4 and all(row), f"docs/operations.md: {row[0]}: a gap")

served = [row[0] for row in rows(read("README.md"), "metrics")]
told = rows(page, "watch")
check([row[0] for row in told] == served,
      "docs/operations.md: the README's metrics, in their order: "
      f"{sorted({row[0] for row in told} ^ set(served))}")
names = {name for name, _ in alerts(SERVICE)}
for row in told:
    check(len(row) == 3 and row[1], f"docs/operations.md: {row[0]}: a gap")
for name in re.findall(r"`(Selfheal[A-Z]\w+)`", page):
    check(name in names or name in read("docs/runbooks.md"),
          f"docs/operations.md: no alert {name}")

runbooks = read("docs/runbooks.md")
for path in glob.glob("rules/prometheus/*.yml"):
    if path == SERVICE:
        continue
    for name, _ in alerts(path):
        check(name in runbooks, f"docs/runbooks.md: {name} of {path}")
for linking in ("README.md", "SECURITY.md", "CONTRIBUTING.md",
                *sorted(glob.glob("docs/*.md"))):
    check_links(linking)

print("\n".join(failures) or
      f"{len(explained)} alerts and {len(told)} metrics explained")
sys.exit(1 if failures else 0)
