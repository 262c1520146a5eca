#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/action.h"
#include "core/clock.h"
#include "core/object.h"
#include "core/result.h"
#include "core/right.h"

namespace selfheal::guard {

/// A node as far as a storm is judged by it.
struct NodeRow {
  std::string name;
  std::string zone;  ///< "" = the node names none.
  bool ready = true;
};

/// How the clocks agree; each is minus our own time (core/safe_clock.h).
struct ClockReading {
  Duration wall{};                 ///< This machine's wall clock.
  std::optional<Duration> server;  ///< The API server's; empty = not read.
};

/// Evidence queries of the last 5 min.
struct QueryShare {
  int failed = 0;
  int all = 0;
};

/// A right that our account lacks, and an action that needs it.
struct MissingRight {
  ActionKind action;
  Right right;
  bool operator==(const MissingRight&) const = default;
};

/// What is known of the world around all targets, from looks that are repeated
/// without any incident.
struct Surroundings {
  /// When the cluster's part was read whole; empty = not yet.
  std::optional<Time> looked_at;
  std::string problem;  ///< Why the last look failed, or "".
  /// Objects that may become targets, by kind.
  std::map<ObjectKind, int> population;
  /// The namespaces that were counted; empty = all.
  std::vector<std::string> counted;
  std::vector<NodeRow> nodes;
  std::string upgrade;  ///< What shows that the cluster is upgraded, or "".
  ClockReading clock;
  QueryShare queries;
  std::vector<MissingRight> missing_rights;
};

/// What the API server says of itself.
struct ServerState {
  std::string version;  ///< "v1.34.4".
  Time at;              ///< Its clock, to the second.
};

/// Port: a read that concerns no object. Thread-safe.
/// @error as ClusterView; kInternal  the answer names no version or no time.
class ServerView {
 public:
  virtual ~ServerView() = default;
  virtual Result<ServerState> Server() = 0;
};

/// Port: what our own account may do. Thread-safe.
class AccessView {
 public:
  virtual ~AccessView() = default;
  /// Admission may still refuse what this allows.
  /// @error as ClusterView; kInternal also for an answer without a verdict.
  virtual Result<bool> Has(const Right& right) = 0;
};

/// Port of the chain: what was found last. Never blocks; thread-safe.
class SurroundingsReader {
 public:
  virtual ~SurroundingsReader() = default;
  virtual Surroundings Read() = 0;
};

}  // namespace selfheal::guard
