#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/action.h"
#include "core/clock.h"
#include "core/mutation.h"
#include "core/plan.h"

namespace selfheal {

/// What an action needs next; returned, never slept on.
struct Move {
  enum class Kind {
    kMutate,         ///< Send `mutation` as `phase`.
    kWait,           ///< Look again at `look_again`.
    kCompareCanary,  ///< Compare `canaries` with their siblings.
    kDone,           ///< The cluster shows the whole effect.
    kFailed,         ///< Gave up; `reason` says why.
  };
  Kind kind = Kind::kFailed;
  std::string phase;
  ActionKind action = ActionKind::kNotify;
  std::optional<Mutation> mutation;
  Time look_again;
  std::vector<PodIdentity> canaries;
  std::vector<PodIdentity> siblings;
  std::string reason;
  /// What has been done so far, for the timeline; "" = nothing to tell.
  std::string progress;
  /// A denial that only waits holds back this mutation alone: ask again for
  /// another one.
  bool one_of_many = false;

  static Move Wait(Time look_again, std::string reason);
  static Move Done(std::string reason);
  static Move Failed(std::string reason);
  static Move Mutate(ActionKind action, std::string phase, Mutation mutation);
};

}  // namespace selfheal
