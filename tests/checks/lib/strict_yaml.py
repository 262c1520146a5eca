"""A strict loader of rules and runbooks in Python, and its comparison with
`selfheal check`: mutations of the corpus are written to a folder, and whatever
the product accepts must be accepted here too (YAML's structure by PyYAML's
parser, the rest by the JSON Schemas).

    python3 strict_yaml.py SELFHEAL COUNT SEED
"""
import glob
import json
import os
import random
import re
import subprocess
import sys
import tempfile

import jsonschema
import yaml

NULLS = {"", "~", "null", "Null", "NULL"}
LINE_BREAKS = "\u2028\u2029\ufeff\ufffe\uffff"
PIECES = [b":", b": ", b"- ", b"\n", b"\n  ", b" ", b'"', b"'", b"[", b"]",
          b"{", b"}", b",", b"#", b" #", b"|", b">", b"&a ", b"*a", b"!",
          b"!!str ", b"%", b"\t", b"? ", b"---\n", b"...\n", b"~", b"null",
          b"\\", b"\\n", b"@", b"`", b"<<: ", b"\r\n", b"0", b"x", b"yes",
          b"\xc3\xa9", b"\xff"]


class Refused(Exception):
    pass


def characters(data):
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Refused("not UTF-8") from error
    text = text[1:] if text.startswith("\ufeff") else text
    for character in text:
        code = ord(character)
        if (code < 32 and character not in "\t\n\r") or 0x7F <= code < 0xA0 \
                or character in LINE_BREAKS:
            raise Refused("control character")
    if "\r" in text.replace("\r\n", ""):
        raise Refused("lone carriage return")
    return text


def scalar(event):
    if event.style is not None:
        return event.value
    if event.value in NULLS:
        return None
    if event.value in ("true", "false"):
        return event.value == "true"
    if re.fullmatch(r"-?(0|[1-9][0-9]*)", event.value):
        return int(event.value)
    if re.fullmatch(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?",
                    event.value):
        return float(event.value)
    return event.value


def build(events, depth=0):
    event = next(events)
    if isinstance(event, yaml.AliasEvent):
        raise Refused("alias")
    if event.anchor or event.tag is not None:
        raise Refused("anchor or tag")
    if isinstance(event, yaml.ScalarEvent):
        return scalar(event)
    if depth >= 16:
        raise Refused("depth")
    closing = (yaml.SequenceEndEvent
               if isinstance(event, yaml.SequenceStartEvent)
               else yaml.MappingEndEvent)
    values = []
    pending = list_until(events, closing)
    inner = iter(pending)
    while True:
        try:
            values.append(build(inner, depth + 1))
        except StopIteration:
            break
    if closing is yaml.SequenceEndEvent:
        return values
    result = {}
    for key, value in zip(values[::2], values[1::2]):
        if isinstance(key, (dict, list)) or key is None:
            raise Refused("key is no string")
        if str(key) in result:
            raise Refused("duplicate key")
        result[str(key)] = value
    return result


def list_until(events, closing):
    """The events of one collection, without its end."""
    opening = (yaml.SequenceStartEvent, yaml.MappingStartEvent)
    ending = (yaml.SequenceEndEvent, yaml.MappingEndEvent)
    found, level = [], 0
    for event in events:
        if level == 0 and isinstance(event, closing):
            return found
        level += isinstance(event, opening) - isinstance(event, ending)
        found.append(event)
    raise Refused("unbalanced")


def load(data):
    text = characters(data)
    try:
        events = list(yaml.parse(text, Loader=yaml.SafeLoader))
    except yaml.YAMLError as error:
        raise Refused(str(error)) from error
    starts = [e for e in events if isinstance(e, yaml.DocumentStartEvent)]
    if len(starts) != 1 or starts[0].version or starts[0].tags:
        raise Refused("documents or directives")
    frame = (yaml.StreamStartEvent, yaml.StreamEndEvent,
             yaml.DocumentStartEvent, yaml.DocumentEndEvent)
    return build(iter([e for e in events if not isinstance(e, frame)]))


def mutate(data, rnd):
    data = bytearray(data)
    for _ in range(rnd.choice([1, 1, 1, 2, 3])):
        at = rnd.randrange(len(data) + 1)
        choice = rnd.random()
        if choice < 0.5:
            data[at:at] = rnd.choice(PIECES)
        elif choice < 0.75:
            del data[at:at + rnd.choice([1, 1, 2, 5])]
        elif choice < 0.9:
            begin = rnd.randrange(len(data) + 1)
            data[at:at] = data[begin:begin + rnd.randrange(1, 30)]
        elif at < len(data):
            data[at] = rnd.randrange(256)
    return bytes(data)


def accepted_by(program, folder, names):
    """The names without a finding of their own."""
    answer = subprocess.run(
        [program, "check", "--rules", f"{folder}/rules", "--runbooks",
         f"{folder}/runbooks"], capture_output=True, check=False)
    if answer.returncode not in (0, 1):
        raise SystemExit(answer.stderr.decode())
    # What one file says about another is no matter of its own text.
    others = (b"a rule called", b"a runbook called", b"the same matchers",
              b"no runbook is called")
    refused = set()
    for line in answer.stdout.splitlines():
        path, _, _, message = line.split(b":", 3)
        if not message.strip().startswith(others):
            refused.add(os.fsdecode(path))
    return [name for name in names if name not in refused]


def main(program, count, seed):
    rnd = random.Random(seed)
    schemas = {}
    for kind in ("rule", "runbook"):
        with open(f"{kind}s/{kind}.schema.json") as file:
            schemas[kind + "s"] = jsonschema.Draft202012Validator(
                json.load(file))
    seeds = {"rules": glob.glob("rules/*.yaml"),
             "runbooks": glob.glob("runbooks/*.yaml")}
    for path in glob.glob("tests/adapters/yaml/corpus/*.yaml"):
        seeds["runbooks" if "-runbook" in path else "rules"].append(path)
    texts, disagreements = {}, []
    with tempfile.TemporaryDirectory() as folder:
        for kind, paths in seeds.items():
            os.mkdir(f"{folder}/{kind}")
            for number in range(count // 2):
                with open(rnd.choice(sorted(paths)), "rb") as file:
                    data = mutate(file.read(), rnd)
                path = f"{folder}/{kind}/{number:05}.yaml"
                texts[path] = data
                with open(path, "wb") as file:
                    file.write(data)
        accepted = accepted_by(program, folder, texts)
        for path in accepted:
            kind = path.split("/")[-2]
            try:
                errors = list(schemas[kind].iter_errors(load(texts[path])))
                problem = errors[0].message if errors else ""
            except Refused as refusal:
                problem = str(refusal)
            if problem:
                disagreements.append(f"{kind}: {problem}\n{texts[path]!r}")
    print("\n".join(disagreements[:5]))
    print(f"{len(texts)} documents, {len(accepted)} accepted, "
          f"{len(disagreements)} of them wrongly")
    return 1 if disagreements or len(accepted) < count // 50 else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))
