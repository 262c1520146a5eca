#include "adapters/sql/chat_rows.h"

#include <chrono>

namespace selfheal::sql {
namespace {

/// Far longer than anybody sends the same thing again.
constexpr std::chrono::hours kRemembered{24};
/// More than that wait for the next look.
constexpr long long kMostInputs = 100;

Result<void> Done(const Result<long long>& ran) {
  if (!ran.ok()) return ran.error();
  return {};
}

Result<std::optional<ChatThread>> OneThread(Statement query) {
  std::optional<ChatThread> out;
  if (query.Next()) {
    out = ChatThread{query.Text(0), query.Text(1), query.Text(2)};
  }
  if (Result<void> status = query.status(); !status.ok()) {
    return status.error();
  }
  return out;
}

Result<void> Forget(Connection& db, Time before) {
  Result<void> done =
      Done(db.Run("DELETE FROM chat_keys WHERE input IN (SELECT row FROM"
                  " chat_inputs WHERE done = 1 AND received_at < ?)",
                  before));
  if (!done.ok()) return done;
  return Done(db.Run(
      "DELETE FROM chat_inputs WHERE done = 1 AND received_at < ?", before));
}

}  // namespace

Result<void> PutThread(Connection& db, const ChatThread& thread) {
  Result<void> done =
      Done(db.Run("DELETE FROM chat_threads WHERE incident = ?1"
                  " OR (channel = ?2 AND ts = ?3)",
                  thread.incident_id, thread.channel, thread.ts));
  if (!done.ok()) return done;
  return Done(
      db.Run("INSERT INTO chat_threads(incident, channel, ts) VALUES(?,?,?)",
             thread.incident_id, thread.channel, thread.ts));
}

Result<void> DropThread(Connection& db, const std::string& incident_id) {
  return Done(
      db.Run("DELETE FROM chat_threads WHERE incident = ?", incident_id));
}

Result<std::optional<ChatThread>> FindThread(Connection& db,
                                             const std::string& incident_id) {
  return OneThread(db.Query(
      "SELECT incident, channel, ts FROM chat_threads WHERE incident = ?",
      incident_id));
}

Result<std::optional<ChatThread>> FindThreadAt(Connection& db,
                                               const std::string& channel,
                                               const std::string& ts) {
  return OneThread(db.Query(
      "SELECT incident, channel, ts FROM chat_threads WHERE channel = ?"
      " AND ts = ?",
      channel, ts));
}

Result<bool> InsertInput(Connection& db, const ChatInput& input) {
  for (const std::string& key : input.keys) {
    Statement query = db.Query("SELECT 1 FROM chat_keys WHERE key = ?", key);
    if (query.Next()) return false;
    if (Result<void> status = query.status(); !status.ok()) {
      return status.error();
    }
  }
  Result<void> done = Forget(db, input.received_at - kRemembered);
  if (!done.ok()) return done.error();
  const Result<long long> row = NewRow(
      db.Query("INSERT INTO chat_inputs(body, received_at, done) VALUES(?,?,0)"
               " RETURNING row",
               input.body, input.received_at));
  if (!row.ok()) return row.error();
  for (const std::string& key : input.keys) {
    if (!done.ok()) return done.error();
    done = Done(
        db.Run("INSERT INTO chat_keys(key, input) VALUES(?,?)", key, *row));
  }
  if (!done.ok()) return done.error();
  return true;
}

Result<std::vector<ChatInput>> ReadWaitingInputs(Connection& db) {
  Statement query = db.Query(
      "SELECT row, body, received_at FROM chat_inputs WHERE done = 0"
      " ORDER BY row LIMIT ?",
      kMostInputs);
  std::vector<ChatInput> out;
  while (query.Next()) {
    out.push_back({.row = query.Integer(0),
                   .body = query.Text(1),
                   .received_at = query.At(2)});
  }
  if (Result<void> status = query.status(); !status.ok()) {
    return status.error();
  }
  return out;
}

Result<void> EndInput(Connection& db, long long row) {
  return Done(db.Run("UPDATE chat_inputs SET done = 1 WHERE row = ?", row));
}

}  // namespace selfheal::sql
