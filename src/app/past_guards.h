#pragma once

#include <string>
#include <vector>

#include "app/past_episode.h"
#include "guard/action_history.h"
#include "guard/guard_input.h"

namespace selfheal {

/// The guards that need no live cluster, over a history that is made up as
/// time goes on: each action counts as taken, and as having helped. A breaker
/// that waits for a person is closed after `storm.quiet`.
class PastGuards {
 public:
  explicit PastGuards(const Config& config);

  /// Their names, in the order of the chain.
  static std::vector<std::string> Names();

  /// A target has a new episode at `now`; times never fall.
  void Troubled(const ObjectRef& target, Time now);
  /// What they say to the step of `episode` at `now`. A storm opens the global
  /// breaker.
  Verdict Ask(const PastEpisode& episode, Time now);
  /// The step of `episode` is taken at `now`.
  void Acted(const PastEpisode& episode, Time now);

 private:
  void Forget(Time now);

  const guard::GuardPolicy policy_;
  SafetyState history_;
};

/// When a step that begins at `now` has been verified.
Time VerifiedBy(const RunbookStep& step, Time now);

}  // namespace selfheal
