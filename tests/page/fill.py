"""Fills a store with copies of its own incidents, while nobody has it open."""

import json
import random
import sqlite3

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
HOUR = 3600 * 10**9


def copies(path, count, seed=1):
    """`count` ended incidents, an hour apart, older than what is there."""
    chance = random.Random(seed)
    with sqlite3.connect(path) as db:
        rows = db.execute("SELECT type, phase, from_watch, opened_at, body"
                          " FROM incidents WHERE finished = 1").fetchall()
        oldest = min(row[3] for row in rows)
        for i in range(count):
            kind, phase, watch, opened, text = rows[i % len(rows)]
            body = json.loads(text)
            back = opened - oldest + (i + 1) * HOUR
            body["id"] = "01" + "".join(chance.choices(ALPHABET, k=24))
            body["opened_at"] = opened - back
            body["closed_at"] = body["closed_at"] - back
            target = body["target"]
            target["namespace"] = chance.choice(("shop", "bank", "post"))
            target["name"] += f"-{i}"
            db.execute(
                "INSERT INTO incidents VALUES(?,?,?,1,?,?,?,?)",
                (body["id"], kind, phase, f"{target['kind']}/"
                 f"{target['namespace']}/{target['name']}", watch,
                 body["opened_at"], json.dumps(body, separators=(",", ":"))))


def hostile(path, text):
    """One copy, with its evidence, that says `text` wherever it may; its id."""
    copies(path, 1, seed=2)
    with sqlite3.connect(path) as db:
        (source,) = db.execute(
            "SELECT incident FROM evidence WHERE judged LIMIT 1").fetchone()
        kind, watch, opened, body = db.execute(
            "SELECT type, from_watch, opened_at, body FROM incidents"
            " WHERE id = ?", (source,)).fetchone()
        body = json.loads(body)
        body["id"] = "01HSTSTST" + "0" * 17
        body["reason"] = text
        body["target"]["name"] = text
        body["assessment"]["reasons"] = [text]
        for step in body["executions"]:
            step["detail"] = text
        db.execute("INSERT INTO incidents VALUES(?,?,'Mitigated',1,?,?,?,?)",
                   (body["id"], kind, "Deployment/shop/" + text, watch,
                    opened + 1, json.dumps(body)))
        db.execute("INSERT INTO evidence(incident, at, digest, size, body,"
                   " judged) SELECT ?, at, digest, size, body, judged"
                   " FROM evidence WHERE incident = ?", (body["id"], source))
        return body["id"]
