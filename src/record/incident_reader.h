#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/evidence.h"
#include "core/incident.h"
#include "core/kept_evidence.h"
#include "core/result.h"

namespace selfheal {

/// Which incidents to list, newest first.
struct IncidentQuery {
  std::vector<Phase> phases;  ///< Any of them; empty = every phase.
  std::optional<IncidentType> type;
  std::string ns;  ///< Of the target; "" = any.
  /// Stands in the id, type, target, rule, reason or the name of an alert;
  /// ASCII letters match in either case. "" = any.
  std::string text;
  std::optional<Time> since;  ///< opened_at at or after.
  int limit = 50;             ///< 1..500.
  std::string cursor;         ///< As returned before; "" = from the start.
};

struct IncidentPage {
  std::vector<Incident> items;
  std::string next;  ///< "" = no more.
};

/// What is kept of an incident, for plotting.
struct IncidentEvidence {
  /// The newest that was judged; where none was, the newest.
  KeptEvidence shown;
  /// The newest, where it was taken after that: how it went on.
  std::optional<EvidenceWindow> later;
};

/// Port: reads for people. Thread-safe; never blocks the writer.
class IncidentReader {
 public:
  virtual ~IncidentReader() = default;
  /// @error kInvalidArgument  the cursor is not one of ours.
  virtual Result<IncidentPage> List(const IncidentQuery& query) = 0;
  /// @error kNotFound  none is kept with the incident.
  virtual Result<IncidentEvidence> Evidence(const std::string& incident_id) = 0;
};

}  // namespace selfheal
