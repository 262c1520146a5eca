#include "adapters/sql/incident_rows.h"

#include <algorithm>
#include <charconv>
#include <limits>
#include <set>

#include "adapters/sql/action_rows.h"
#include "adapters/sql/approval_rows.h"
#include "adapters/sql/incident_search.h"
#include "codec/stored_incident.h"
#include "core/ids.h"

namespace selfheal::sql {
namespace {

/// An incident of more alerts shows the ones that burn, and the newest.
constexpr int kMostAlerts = 500;

/// The incident's alerts, each fingerprint's episodes in the order in which
/// they came; a resolved row stands only where its firing one is missing.
Result<std::vector<IncidentAlert>> ReadAlerts(Connection& db,
                                              const std::string& incident) {
  Statement query = db.Query(
      "SELECT fingerprint, alertname, starts_at, status, burning FROM"
      " (SELECT * FROM alerts WHERE incident = ?1 AND incident <> ''"
      "  ORDER BY burning DESC, row DESC LIMIT ?2) AS newest"
      " ORDER BY status, row",
      incident, kMostAlerts);
  std::vector<IncidentAlert> out;
  std::set<std::string> firing;
  while (query.Next()) {
    const bool resolved = query.Integer(3) != 0;
    std::string fingerprint = query.Text(0);
    if (resolved && firing.count(fingerprint) != 0) continue;
    if (!resolved) firing.insert(fingerprint);
    out.push_back({std::move(fingerprint), query.Text(1), query.At(2),
                   !resolved && query.Integer(4) != 0});
  }
  if (Result<void> status = query.status(); !status.ok()) {
    return status.error();
  }
  return out;
}

/// Reads one row's body and joins what lives in other tables.
Result<Incident> Join(Connection& db, const std::string& body) {
  Result<Incident> incident = ParseStoredIncident(body);
  if (!incident.ok()) return incident;
  Result<std::vector<IncidentAlert>> alerts = ReadAlerts(db, incident->id);
  if (!alerts.ok()) return alerts.error();
  incident->alerts = std::move(*alerts);
  Result<std::optional<Approval>> approval = LastApproval(db, incident->id);
  if (!approval.ok()) return approval.error();
  incident->approval = std::move(*approval);
  return incident;
}

Result<std::vector<Incident>> JoinAll(Connection& db, Statement query) {
  std::vector<Incident> out;
  while (query.Next()) {
    Result<Incident> incident = Join(db, query.Text(0));
    if (!incident.ok()) return incident.error();
    out.push_back(std::move(*incident));
  }
  if (Result<void> status = query.status(); !status.ok()) {
    return status.error();
  }
  return out;
}

/// A target is "Kind/namespace/name", of which no part holds a '/'.
#define SELFHEAL_LISTED(found)                                  \
  "SELECT body FROM incidents"                                  \
  " WHERE (opened_at, id) < (?1, ?2) AND opened_at >= ?3"       \
  " AND (?4 = '' OR instr(?4, ' ' || phase || ' ') > 0)"        \
  " AND (?5 = '' OR type = ?5)"                                 \
  " AND (?6 = '' OR instr(target, '/' || ?6 || '/') > 0)" found \
  " ORDER BY opened_at DESC, id DESC LIMIT ?7"

/// Newest first, each asked whether it has the text (?8).
constexpr const char* kList = SELFHEAL_LISTED(
    " AND (?8 = '' OR EXISTS (SELECT 1 FROM incident_texts"
    "  WHERE incident = id AND instr(text, ?8) > 0))");
/// The few that have it, by the index.
constexpr const char* kListRare = SELFHEAL_LISTED(
    " AND id IN (SELECT incident FROM incident_texts WHERE row IN"
    "  (SELECT rowid FROM incident_words WHERE incident_words MATCH ?9)"
    "  AND instr(text, ?8) > 0)");
#undef SELFHEAL_LISTED

/// " Open Executing "; "" for none.
std::string PhaseWords(const std::vector<Phase>& phases) {
  std::string words;
  for (const Phase phase : phases) {
    words.append(words.empty() ? " " : "").append(PhaseName(phase)) += ' ';
  }
  return words;
}

/// Where a page begins: below this (opened_at, id).
struct Cursor {
  long long opened_at = std::numeric_limits<long long>::max();
  std::string id = "~";
};

std::string CursorText(const Incident& incident) {
  return std::to_string(incident.opened_at.time_since_epoch().count()) + "-" +
         incident.id;
}

Result<Cursor> ParseCursor(const std::string& text) {
  Cursor out;
  if (text.empty()) return out;
  const char* end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, out.opened_at);
  if (error != std::errc() || rest == end || *rest != '-') {
    return Error{Code::kInvalidArgument, "cursor: not one of ours"};
  }
  out.id.assign(rest + 1, end);
  if (!IsUlid(out.id)) {
    return Error{Code::kInvalidArgument, "cursor: not one of ours"};
  }
  return out;
}

/// What its row says of an incident in words, a line each.
std::string SearchedText(const Incident& incident) {
  std::string text = incident.id + "\n";
  text.append(IncidentTypeName(incident.type)).append("\n");
  return text + TargetText(incident.target) + "\n" + incident.rule + "\n" +
         incident.reason;
}

}  // namespace

IncidentRow RowOf(const Incident& incident) {
  // Alerts and approval have rows of their own, which are the truth.
  Incident body = incident;
  body.alerts.clear();
  body.approval.reset();
  std::vector<std::string> intents;
  for (const Execution& execution : incident.executions) {
    intents.push_back(execution.intent_id);
  }
  return {incident.id,
          std::string(IncidentTypeName(incident.type)),
          std::string(PhaseName(incident.phase)),
          IsTerminal(incident.phase),
          TargetText(incident.target),
          incident.from_watch,
          incident.opened_at,
          StoredIncidentJson(body),
          SearchedText(incident),
          incident.approval,
          std::move(intents)};
}

Result<void> PutIncident(Connection& db, const IncidentRow& row) {
  const Result<long long> done = db.Run(
      "INSERT INTO incidents(id, type, phase, finished, target, from_watch,"
      " opened_at, body) VALUES(?1,?2,?3,?4,?5,?6,?7,?8)"
      " ON CONFLICT(id) DO UPDATE SET type = excluded.type,"
      " phase = excluded.phase, finished = excluded.finished,"
      " target = excluded.target, from_watch = excluded.from_watch,"
      " opened_at = excluded.opened_at, body = excluded.body"
      " WHERE incidents.finished = 0 OR excluded.finished = 1",
      row.id, row.type, row.phase, row.finished, row.target, row.from_watch,
      row.opened_at, row.body);
  if (!done.ok() && done.error().code == Code::kAlreadyExists) {
    return Error{Code::kAlreadyExists, "an unfinished incident of " +
                                           row.target + " and type " +
                                           row.type + " exists"};
  }
  if (!done.ok()) return done.error().With("save incident " + row.id);
  if (*done == 0) {
    return Error{Code::kAborted, "incident " + row.id + " has ended meanwhile"};
  }
  if (Result<void> put = PutText(db, row.id, row.text); !put.ok()) return put;
  return SaveApproval(db, row.id, row.approval, row.finished);
}

Result<Incident> ReadIncident(Connection& db, const std::string& id) {
  Statement query = db.Query("SELECT body FROM incidents WHERE id = ?", id);
  if (!query.Next()) {
    if (Result<void> status = query.status(); !status.ok()) {
      return status.error();
    }
    return Error{Code::kNotFound, "no incident " + id};
  }
  return Join(db, query.Text(0));
}

Result<std::vector<Incident>> ReadUnfinished(Connection& db) {
  return JoinAll(db, db.Query("SELECT body FROM incidents WHERE finished = 0"
                              " ORDER BY opened_at, id"));
}

Result<bool> IsUnfinished(Connection& db, const std::string& id) {
  Statement query =
      db.Query("SELECT 1 FROM incidents WHERE id = ? AND finished = 0", id);
  const bool open = query.Next();
  if (Result<void> status = query.status(); !status.ok()) {
    return status.error();
  }
  return open;
}

Result<std::optional<std::string>> FindOpenIncident(Connection& db,
                                                    const ObjectRef& target,
                                                    IncidentType type) {
  Statement query = db.Query(
      "SELECT id FROM incidents WHERE target = ? AND type = ?"
      " AND finished = 0",
      TargetText(target), IncidentTypeName(type));
  std::optional<std::string> out;
  if (query.Next()) out = query.Text(0);
  if (Result<void> status = query.status(); !status.ok()) {
    return status.error();
  }
  return out;
}

Result<std::vector<Incident>> ReadIncidentsOf(Connection& db,
                                              const ObjectRef& target,
                                              Time since) {
  // Each half has its index.
  return JoinAll(db, db.Query("SELECT body, opened_at, id FROM incidents"
                              " WHERE target = ?1 AND finished = 0"
                              " UNION SELECT body, opened_at, id FROM incidents"
                              " WHERE opened_at >= ?2 AND target = ?1"
                              " ORDER BY opened_at, id",
                              TargetText(target), since));
}

Result<IncidentPage> ListIncidents(Connection& db, const IncidentQuery& query) {
  const Result<Cursor> cursor = ParseCursor(query.cursor);
  if (!cursor.ok()) return cursor.error();
  const int limit = std::clamp(query.limit, 1, 500);
  const std::string type =
      query.type ? std::string(IncidentTypeName(*query.type)) : "";
  const std::string searched = InLowerCase(query.text);
  const std::string words = MatchOf(query.text);
  const Result<bool> rare = IsRare(db, words);
  if (!rare.ok()) return rare.error();
  const auto rows = [&](const char* list, const auto&... index) {
    return db.Query(list, cursor->opened_at, cursor->id,
                    query.since.value_or(Time::min()), PhaseWords(query.phases),
                    type, query.ns, limit + 1, searched, index...);
  };
  Result<std::vector<Incident>> found =
      JoinAll(db, *rare ? rows(kListRare, words) : rows(kList));
  if (!found.ok()) return found.error();
  IncidentPage page{std::move(*found), ""};
  if (page.items.size() > static_cast<std::size_t>(limit)) {
    page.items.pop_back();
    page.next = CursorText(page.items.back());
  }
  return page;
}

}  // namespace selfheal::sql
