"""Fills a store with copies of its own incidents, while nobody has it open."""

import json
import random
import sqlite3

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
HOUR = 3600 * 10**9


def index(db):
    """What the product would have written for searching them."""
    db.execute(
        "INSERT INTO incident_texts(incident, alertname, text) SELECT id, '',"
        " lower(id || char(10) || type || char(10) || target || char(10) ||"
        " json_extract(body, '$.rule') || char(10) ||"
        " json_extract(body, '$.reason')) FROM incidents"
        " WHERE id NOT IN (SELECT incident FROM incident_texts)")
    db.execute("INSERT INTO incident_words(incident_words) VALUES('rebuild')")


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
        index(db)


def hostile(path, texts, batch):
    """Copies of a healed incident that say `texts` wherever they may: two each
    as name and reason, and the first ones, which have evidence, `batch` of
    them as what they were judged by. The ids of those first ones."""
    ids = []
    with sqlite3.connect(path) as db:
        (source,) = db.execute(
            "SELECT incident FROM evidence WHERE judged LIMIT 1").fetchone()
        kind, watch, newest, text = db.execute(
            "SELECT type, from_watch, (SELECT max(opened_at) FROM incidents),"
            " body FROM incidents WHERE id = ?", (source,)).fetchone()
        for i in range(0, len(texts), 2):
            body = json.loads(text)
            said = texts[i // 2 * batch:][:batch]
            body["id"] = f"01HSTSTST{i:017}"
            body["opened_at"] = newest + 1 + i
            body["target"]["name"] = texts[i]
            body["reason"] = texts[(i + 1) % len(texts)]
            body["assessment"]["reasons"] = said
            for step, detail in zip(body["executions"], said):
                step["detail"] = detail
            db.execute(
                "INSERT INTO incidents VALUES(?,?,'Mitigated',1,?,?,?,?)",
                (body["id"], kind, "Deployment/shop/" + texts[i], watch,
                 body["opened_at"], json.dumps(body)))
            if not said:
                continue
            ids.append(body["id"])
            db.execute(
                "INSERT INTO evidence(incident, at, digest, size, body, judged)"
                " SELECT ?, at, digest, size, body, judged FROM evidence"
                " WHERE incident = ?", (body["id"], source))
        index(db)
    return ids
