#include "adapters/sqlite/schema.h"

#include <array>

namespace selfheal::sqlite {
namespace {

using sql::Connection;
using sql::Statement;

// "Self" as a number; PRAGMA application_id takes no parameters.
constexpr long long kApplicationId = 0x53656c66;

constexpr const char* kVersion1 = R"sql(
CREATE TABLE alerts(
  row INTEGER PRIMARY KEY,
  fingerprint TEXT NOT NULL,
  starts_at INTEGER NOT NULL,
  status INTEGER NOT NULL,            -- 0 firing, 1 resolved
  burning INTEGER NOT NULL,           -- 1 while nothing says it ended
  ends_at INTEGER,
  alertname TEXT NOT NULL,
  labels TEXT NOT NULL,
  annotations TEXT NOT NULL,
  generator_url TEXT NOT NULL,
  received_at INTEGER NOT NULL,
  incident TEXT NOT NULL DEFAULT '',
  correlated INTEGER NOT NULL DEFAULT 0,
  UNIQUE(fingerprint, starts_at, status));
CREATE INDEX alerts_waiting ON alerts(row) WHERE correlated = 0;
CREATE INDEX alerts_of_incident ON alerts(incident) WHERE incident <> '';
CREATE INDEX alerts_linked ON alerts(starts_at) WHERE incident <> '';

CREATE TABLE incidents(
  id TEXT PRIMARY KEY,
  type TEXT NOT NULL,
  phase TEXT NOT NULL,
  finished INTEGER NOT NULL,
  target TEXT NOT NULL,
  from_watch INTEGER NOT NULL,
  opened_at INTEGER NOT NULL,
  body TEXT NOT NULL);
CREATE UNIQUE INDEX incidents_open ON incidents(target, type)
  WHERE finished = 0;
CREATE INDEX incidents_opened ON incidents(opened_at, id);

CREATE TABLE evidence(
  row INTEGER PRIMARY KEY,
  incident TEXT NOT NULL,
  at INTEGER NOT NULL,
  digest TEXT NOT NULL,
  size INTEGER NOT NULL,              -- of the text before compression
  body BLOB NOT NULL);
CREATE INDEX evidence_of_incident ON evidence(incident, row);

CREATE TABLE approvals(
  row INTEGER PRIMARY KEY,
  incident TEXT NOT NULL,
  plan_hash TEXT NOT NULL,
  target_uid TEXT NOT NULL,
  generation INTEGER NOT NULL,
  asked_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  state TEXT NOT NULL,
  decided_by TEXT NOT NULL DEFAULT '',
  reason TEXT NOT NULL DEFAULT '',
  consumed_by TEXT NOT NULL DEFAULT '',
  UNIQUE(incident, plan_hash, asked_at));

CREATE TABLE intents(
  row INTEGER PRIMARY KEY,
  intent_id TEXT NOT NULL UNIQUE,
  incident TEXT NOT NULL,
  action_id TEXT NOT NULL,
  plan_hash TEXT NOT NULL,
  target_uid TEXT NOT NULL,
  purpose TEXT NOT NULL,
  mutation TEXT NOT NULL,
  method TEXT NOT NULL,
  path TEXT NOT NULL,
  content_type TEXT NOT NULL,
  body BLOB NOT NULL,
  created_at INTEGER NOT NULL,
  deadline INTEGER NOT NULL,
  outcome TEXT,
  detail TEXT NOT NULL DEFAULT '');
CREATE INDEX intents_of_incident ON intents(incident, row);

CREATE TABLE actions(
  action_id TEXT PRIMARY KEY,
  incident TEXT NOT NULL,
  target TEXT NOT NULL,
  kind TEXT NOT NULL,
  runbook TEXT NOT NULL,
  started_at INTEGER NOT NULL,
  finished_at INTEGER,
  result TEXT NOT NULL);
CREATE INDEX actions_started ON actions(started_at);
CREATE INDEX actions_in_flight ON actions(result) WHERE result = 'in_flight';

CREATE TABLE breakers(
  scope TEXT PRIMARY KEY,
  opened_at INTEGER NOT NULL,
  reason TEXT NOT NULL,
  closes_at INTEGER,                  -- NULL: by a person alone
  lasts INTEGER);                     -- closes_at - opened_at at first
CREATE TABLE storm(one INTEGER PRIMARY KEY CHECK(one = 1), at INTEGER NOT NULL);
CREATE TABLE kill_switch(
  one INTEGER PRIMARY KEY CHECK(one = 1),
  is_on INTEGER NOT NULL,
  reason TEXT NOT NULL,
  by TEXT NOT NULL,
  since INTEGER NOT NULL);

CREATE TABLE audit(
  seq INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  incident TEXT NOT NULL,
  stage TEXT NOT NULL,
  outcome TEXT NOT NULL,
  reason TEXT NOT NULL,
  data TEXT NOT NULL,
  previous TEXT NOT NULL,
  hash TEXT NOT NULL);
CREATE INDEX audit_of_incident ON audit(incident, seq);
CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit
  BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END;
CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit
  BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END;
CREATE TABLE audit_head(
  one INTEGER PRIMARY KEY CHECK(one = 1),
  seq INTEGER NOT NULL,
  hash TEXT NOT NULL);
CREATE TABLE probe(one INTEGER PRIMARY KEY CHECK(one = 1), at INTEGER NOT NULL);
)sql";

constexpr const char* kVersion2 = R"sql(
CREATE TABLE heartbeat(
  one INTEGER PRIMARY KEY CHECK(one = 1),
  at INTEGER NOT NULL,
  steady INTEGER NOT NULL,            -- CLOCK_BOOTTIME of that boot
  boot_id TEXT NOT NULL);
)sql";

// What is read while alerts pour in must not grow with what is stored.
constexpr const char* kVersion3 = R"sql(
DROP INDEX alerts_of_incident;
CREATE INDEX alerts_of_incident ON alerts(incident, burning)
  WHERE incident <> '';
CREATE INDEX alerts_ends_waiting ON alerts(fingerprint)
  WHERE status = 1 AND correlated = 0 AND incident = '';
)sql";

// What is never written again stands apart from what is: linking an alert to
// its incident rewrites the page that the row is in. And when incidents have
// alerts starting is kept once for all alerts that start together.
constexpr const char* kVersion4 = R"sql(
CREATE TABLE alert_texts(
  row INTEGER PRIMARY KEY,            -- of alerts
  labels TEXT NOT NULL,
  annotations TEXT NOT NULL,
  generator_url TEXT NOT NULL);
INSERT INTO alert_texts
  SELECT row, labels, annotations, generator_url FROM alerts;
ALTER TABLE alerts DROP COLUMN labels;
ALTER TABLE alerts DROP COLUMN annotations;
ALTER TABLE alerts DROP COLUMN generator_url;
CREATE TABLE episodes(
  starts_at INTEGER NOT NULL,
  incident TEXT NOT NULL,
  PRIMARY KEY(starts_at, incident)) WITHOUT ROWID;
INSERT INTO episodes SELECT DISTINCT starts_at, incident FROM alerts
  WHERE incident <> '' AND status = 0;
DROP INDEX alerts_linked;
)sql";

// What was judged is kept for recomputing; of the rest the newest is.
constexpr const char* kVersion5 = R"sql(
ALTER TABLE evidence ADD COLUMN judged INTEGER NOT NULL DEFAULT 0;
)sql";

// Nobody grants one question twice: two people are two names.
constexpr const char* kVersion6 = R"sql(
ALTER TABLE approvals ADD COLUMN people INTEGER NOT NULL DEFAULT 1;
CREATE TABLE grants(
  approval INTEGER NOT NULL,          -- row of approvals
  by TEXT NOT NULL,
  at INTEGER NOT NULL,
  reason TEXT NOT NULL,
  PRIMARY KEY(approval, by));
)sql";

// What a chat and we remember of each other.
constexpr const char* kVersion7 = R"sql(
CREATE TABLE chat_threads(
  incident TEXT PRIMARY KEY,
  channel TEXT NOT NULL,
  ts TEXT NOT NULL,
  UNIQUE(channel, ts));
CREATE TABLE chat_inputs(
  row INTEGER PRIMARY KEY,
  body TEXT NOT NULL,
  received_at INTEGER NOT NULL,
  done INTEGER NOT NULL);
CREATE INDEX chat_inputs_waiting ON chat_inputs(row) WHERE done = 0;
CREATE TABLE chat_keys(
  key TEXT PRIMARY KEY,
  input INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX chat_keys_of_input ON chat_keys(input);
)sql";

// What incidents are searched by, and its index of every three characters; a
// trigger may not write to a virtual table, so incident_search does.
constexpr const char* kVersion8 = R"sql(
CREATE TABLE incident_texts(
  row INTEGER PRIMARY KEY,
  incident TEXT NOT NULL,
  alertname TEXT NOT NULL,            -- '' for what the incident itself says
  text TEXT NOT NULL,                 -- in lower case
  UNIQUE(incident, alertname));
CREATE VIRTUAL TABLE incident_words USING fts5(
  text, content='incident_texts', content_rowid='row', tokenize='trigram');
INSERT INTO incident_texts(incident, alertname, text)
  SELECT id, '', lower(id || char(10) || type || char(10) || target
    || char(10) || coalesce(json_extract(body, '$.rule'), '')
    || char(10) || coalesce(json_extract(body, '$.reason'), ''))
  FROM incidents;
INSERT INTO incident_texts(incident, alertname, text)
  SELECT DISTINCT incident, alertname, lower(alertname) FROM alerts
    WHERE incident <> '' AND alertname <> '';
INSERT INTO incident_words(incident_words) VALUES('rebuild');
)sql";

struct Migration {
  const char* steps;
  const char* mark;
};

/// Entry i leads from version i to version i + 1; never change one that was
/// released.
constexpr std::array<Migration, 8> kMigrations = {
    {{kVersion1, "PRAGMA user_version = 1"},
     {kVersion2, "PRAGMA user_version = 2"},
     {kVersion3, "PRAGMA user_version = 3"},
     {kVersion4, "PRAGMA user_version = 4"},
     {kVersion5, "PRAGMA user_version = 5"},
     {kVersion6, "PRAGMA user_version = 6"},
     {kVersion7, "PRAGMA user_version = 7"},
     {kVersion8, "PRAGMA user_version = 8"}}};

Result<long long> Number(Connection& db, const char* sql) {
  Statement query = db.Query(sql);
  const long long value = query.Next() ? query.Integer(0) : 0;
  if (Result<void> status = query.status(); !status.ok()) {
    return status.error();
  }
  return value;
}

Result<void> Apply(Connection& db, const Migration& migration) {
  Result<void> done = db.Exec("BEGIN IMMEDIATE");
  if (done.ok()) done = db.Exec(migration.steps);
  if (done.ok()) done = db.Exec(migration.mark);
  if (done.ok()) done = db.Exec("PRAGMA application_id = 1399155814");
  if (done.ok()) done = db.Exec("COMMIT");
  if (!done.ok() && db.InTransaction()) (void)db.Exec("ROLLBACK");
  return done;
}

}  // namespace

Result<void> Migrate(Connection& db) {
  static_assert(kApplicationId == 1399155814);
  const Result<long long> owner = Number(db, "PRAGMA application_id");
  if (!owner.ok()) return owner.error();
  const Result<long long> tables =
      Number(db, "SELECT count(*) FROM sqlite_schema");
  if (!tables.ok()) return tables.error();
  const Result<long long> version = Number(db, "PRAGMA user_version");
  if (!version.ok()) return version.error();
  if (*owner != kApplicationId && *tables != 0) {
    return Error{Code::kFailedPrecondition, "the file is another program's"};
  }
  if (*version < 0 || *version > static_cast<long long>(kMigrations.size())) {
    return Error{Code::kFailedPrecondition,
                 "the file has schema version " + std::to_string(*version) +
                     ", this release knows " +
                     std::to_string(kMigrations.size())};
  }
  for (auto i = static_cast<std::size_t>(*version); i < kMigrations.size();
       ++i) {
    if (Result<void> done = Apply(db, kMigrations[i]); !done.ok()) {
      return done.error().With("migrate to schema version " +
                               std::to_string(i + 1));
    }
  }
  return {};
}

Result<void> CheckSchema(Connection& db) {
  const Result<long long> owner = Number(db, "PRAGMA application_id");
  if (!owner.ok()) return owner.error();
  const Result<long long> version = Number(db, "PRAGMA user_version");
  if (!version.ok()) return version.error();
  if (*owner != kApplicationId) {
    return Error{Code::kFailedPrecondition, "the file is another program's"};
  }
  if (*version != static_cast<long long>(kMigrations.size())) {
    return Error{Code::kFailedPrecondition,
                 "the file has schema version " + std::to_string(*version) +
                     ", this release reads " +
                     std::to_string(kMigrations.size())};
  }
  return {};
}

Result<void> QuickCheck(Connection& db) {
  Statement query = db.Query("PRAGMA quick_check(1)");
  const std::string answer = query.Next() ? query.Text(0) : "no answer";
  if (Result<void> status = query.status(); !status.ok()) return status;
  if (answer != "ok") return Error{Code::kDataLoss, "damaged: " + answer};
  return {};
}

}  // namespace selfheal::sqlite
