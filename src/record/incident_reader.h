#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/evidence.h"
#include "core/incident.h"
#include "core/result.h"

namespace selfheal {

/// Which incidents to list, newest first.
struct IncidentQuery {
  std::optional<Phase> phase;
  std::optional<IncidentType> type;
  std::optional<Time> since;  ///< opened_at at or after.
  int limit = 50;             ///< 1..500.
  std::string cursor;         ///< As returned before; "" = from the start.
};

struct IncidentPage {
  std::vector<Incident> items;
  std::string next;  ///< "" = no more.
};

/// Port: reads for people. Thread-safe; never blocks the writer.
class IncidentReader {
 public:
  virtual ~IncidentReader() = default;
  /// @error kInvalidArgument  the cursor is not one of ours.
  virtual Result<IncidentPage> List(const IncidentQuery& query) = 0;
  /// The last evidence kept with an incident; kNotFound where there is none.
  virtual Result<EvidenceWindow> Evidence(const std::string& incident_id) = 0;
};

}  // namespace selfheal
