#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "core/alert.h"
#include "core/incident.h"
#include "core/record.h"

namespace selfheal {

/// What one stage would say about an alert.
struct ExplainedStage {
  Stage stage = Stage::kIntake;
  std::string outcome;
  std::string reason;
};

/// What would happen with one alert of a payload, as far as it would come.
struct Explanation {
  std::size_t index = 0;  ///< In the payload.
  Alert alert;
  std::vector<ExplainedStage> stages;
  std::string answer;    ///< What would come of it, one sentence.
  double threshold = 0;  ///< Of the score, where it was judged.
  /// The incident that it would be; `rule` is "" where no rule matches.
  Incident incident;
};

}  // namespace selfheal
