#pragma once

#include <string>
#include <vector>

#include "core/assessment.h"

namespace selfheal::assess {

/// What the evidence says of one cause.
struct CauseView {
  /// Inconclusive where something is missing that it takes to tell; then no
  /// step is taken on it, as where it does not hold.
  Judgement holds = Judgement::kInconclusive;
  std::string reason;  ///< One sentence, always set.
  /// Of the pods, or of the one node, that it points at; only where it holds.
  std::vector<std::string> names = {};
};

}  // namespace selfheal::assess
