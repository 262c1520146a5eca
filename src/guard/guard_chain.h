#pragma once

#include <optional>
#include <span>

#include "core/clock.h"
#include "core/verdict.h"
#include "guard/facts.h"
#include "guard/guard_input.h"
#include "guard/guards.h"

namespace selfheal::guard {

/// The verdict, and where it is to allow, the proof of it.
struct GuardResult {
  Verdict verdict;
  std::optional<Permit> permit;
  int people = 0;  ///< How many different people have to agree.
};

/// Asks every guard about one mutation, on facts read that moment.
///
/// A guard that errs denies, a fact that can't be had denies, no guards deny,
/// and no exception leaves. The only maker of Permits. Thread-safe as far as
/// its sources are.
class GuardChain {
 public:
  /// `table` is for tests alone; the product's own is the default.
  GuardChain(GuardPolicy policy, FactSources sources, const Clock& clock,
             std::span<const GuardEntry> table = AllGuards())
      : policy_(std::move(policy)),
        sources_(sources),
        clock_(clock),
        table_(table) {}

  /// A verdict, and a Permit for exactly `request.mutation` where all allow.
  /// Opens the global breaker where the storm guard trips. No Permit comes
  /// out while `enabled` is false or `dry_run` is true.
  /// Cost: the reads of Gather; the guards themselves take microseconds.
  GuardResult Check(const GuardRequest& request);

  /// The same findings, without a Permit and without any effect.
  Verdict Preview(const GuardRequest& request);

  const GuardPolicy& policy() const { return policy_; }

 private:
  Verdict Judge(const GuardInput& input) const;
  Facts GatherOrFail(const GuardRequest& request, Time now);
  void TripOnStorm(const GuardInput& input, Verdict& verdict);

  const GuardPolicy policy_;
  const FactSources sources_;
  const Clock& clock_;
  const std::span<const GuardEntry> table_;
};

/// The strictest of `findings`, and when to ask again where all denials only
/// wait. No findings deny.
Verdict Combine(std::vector<Finding> findings, Time now);

}  // namespace selfheal::guard
