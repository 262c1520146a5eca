#pragma once

#include <optional>
#include <string>
#include <vector>

#include "adapters/sql/connection.h"
#include "core/incident.h"
#include "record/incident_reader.h"

namespace selfheal::sql {

/// An incident as its row holds it; made on the caller's thread.
struct IncidentRow {
  std::string id;
  std::string type;
  std::string phase;
  bool finished = false;
  std::string target;
  bool from_watch = false;
  Time opened_at;
  std::string body;
  std::string text;  ///< That it is searched by.
  std::optional<Approval> approval;
  std::vector<std::string> intents;  ///< That its executions are of.
};

IncidentRow RowOf(const Incident& incident);

/// Writes the row and its approval.
///
/// @error kAlreadyExists  another unfinished one has this target and type;
///        kAborted  it has ended, and `row` has not.
Result<void> PutIncident(Connection& db, const IncidentRow& row);

/// The incident with its alerts and its approval joined.
///
/// @error kNotFound  no such id.
Result<Incident> ReadIncident(Connection& db, const std::string& id);

Result<std::vector<Incident>> ReadUnfinished(Connection& db);
/// False also where there is no such incident.
Result<bool> IsUnfinished(Connection& db, const std::string& id);

Result<std::optional<std::string>> FindOpenIncident(Connection& db,
                                                    const ObjectRef& target,
                                                    IncidentType type);
/// Those that are unfinished, or were opened at or after `since`, oldest first.
Result<std::vector<Incident>> ReadIncidentsOf(Connection& db,
                                              const ObjectRef& target,
                                              Time since);
Result<IncidentPage> ListIncidents(Connection& db, const IncidentQuery& query);

}  // namespace selfheal::sql
