#pragma once

#include <functional>
#include <string>

#include "core/cluster.h"
#include "core/execution.h"
#include "execute/cluster_client.h"

namespace selfheal {

/// What sending one intent came to.
struct RunResult {
  ExecutionOutcome outcome = ExecutionOutcome::kUnknown;
  /// A refusal that a fresh look may lift (409, 429, or nothing was sent).
  bool stale = false;
  std::string detail;
};

/// Sends intents. It takes nothing but an Intent, so that an unrecorded action
/// does not compile. Thread-safe where its ports are.
class Executor {
 public:
  /// Looks once more, independently of the guards, just before sending.
  using LastMetre = std::function<Result<void>(const Intent&)>;

  Executor(ClusterClient& client, ClusterView& view, LastMetre last_metre)
      : client_(client), view_(view), last_metre_(std::move(last_metre)) {}

  /// Checks the last metre, sends exactly the stored bytes once, classifies.
  /// Never repeats, never throws, blocks for the client's timeout at most.
  RunResult Run(const Intent& intent);

  /// Resolves an intent of unknown outcome by reading its object.
  /// @return kApplied, kRefused (provably not applied), or kUnknown where the
  ///         object can't be read now, or shows neither (then `stale` is
  ///         false and a person must look).
  struct Resolution {
    ExecutionOutcome outcome = ExecutionOutcome::kUnknown;
    bool readable = false;
    std::string detail;
  };
  Resolution Resolve(const Mutation& mutation);

 private:
  ClusterClient& client_;
  ClusterView& view_;
  LastMetre last_metre_;
};

}  // namespace selfheal
