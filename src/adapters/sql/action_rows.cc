#include "adapters/sql/action_rows.h"

#include "codec/names.h"

namespace selfheal::sql {
namespace {

/// Columns action_id, incident, target, kind, runbook, started_at,
/// finished_at, result.
Result<ActionRow> Read(const Statement& query) {
  const auto kind = ParseActionKind(query.Text(3));
  const auto result = ParseActionResult(query.Text(7));
  if (!kind || !result) {
    return Error{Code::kInternal,
                 "action " + query.Text(0) + ": unknown kind or result"};
  }
  return ActionRow{
      query.Text(0), query.Text(1), TargetFrom(query.Text(2)), *kind,
      query.Text(4), query.At(5),   query.MaybeAt(6),          *result};
}

}  // namespace

std::string TargetText(const ObjectRef& ref) { return ToString(ref); }

ObjectRef TargetFrom(const std::string& text) {
  ObjectRef ref;
  const auto slash = text.find('/');
  ref.kind = ParseKind(text.substr(0, slash)).value_or(ObjectKind::kPod);
  if (slash == std::string::npos) return ref;
  const auto second = text.find('/', slash + 1);
  if (second != std::string::npos) {
    ref.ns = text.substr(slash + 1, second - slash - 1);
    ref.name = text.substr(second + 1);
  } else {
    ref.name = text.substr(slash + 1);
  }
  return ref;
}

Result<std::vector<ActionRow>> RecentActions(Connection& db, Time now) {
  Statement query = db.Query(
      "SELECT action_id, incident, target, kind, runbook, started_at,"
      " finished_at, result FROM actions"
      " WHERE started_at > ? OR result = 'in_flight' ORDER BY started_at",
      now - std::chrono::hours(24));
  std::vector<ActionRow> out;
  while (query.Next()) {
    Result<ActionRow> row = Read(query);
    if (!row.ok()) return row.error();
    out.push_back(std::move(*row));
  }
  if (Result<void> status = query.status(); !status.ok()) {
    return status.error();
  }
  return out;
}

Result<std::optional<ActionRow>> FindAction(Connection& db,
                                            const std::string& action_id) {
  Statement query = db.Query(
      "SELECT action_id, incident, target, kind, runbook, started_at,"
      " finished_at, result FROM actions WHERE action_id = ?",
      action_id);
  std::optional<ActionRow> out;
  if (query.Next()) {
    Result<ActionRow> row = Read(query);
    if (!row.ok()) return row.error();
    out = std::move(*row);
  }
  if (Result<void> status = query.status(); !status.ok()) {
    return status.error();
  }
  return out;
}

Result<void> InsertAction(Connection& db, const ActionRow& row) {
  const Result<long long> done = db.Run(
      "INSERT INTO actions(action_id, incident, target, kind, runbook,"
      " started_at, finished_at, result) VALUES(?,?,?,?,?,?,?,?)",
      row.action_id, row.incident_id, TargetText(row.target),
      ActionName(row.kind), row.runbook, row.started_at, row.finished_at,
      ActionResultName(row.result));
  if (!done.ok()) return done.error();
  return {};
}

Result<void> EndAction(Connection& db, const ActionEnd& end, Time now) {
  const Result<long long> done = db.Run(
      "UPDATE actions SET result = ?, finished_at = ?"
      " WHERE action_id = ? AND result = 'in_flight'",
      ActionResultName(end.result), now, end.action_id);
  if (!done.ok()) return done.error();
  if (*done == 1) return {};
  const auto known = FindAction(db, end.action_id);
  if (!known.ok()) return known.error();
  if (!*known || (*known)->result == end.result) return {};
  return Error{Code::kFailedPrecondition,
               "action " + end.action_id + " ended already: " +
                   std::string(ActionResultName((*known)->result))};
}

}  // namespace selfheal::sql
