#pragma once

#include "app/past_episode.h"
#include "collect/metric_source.h"
#include "core/result.h"

namespace selfheal {

/// Takes the alert of `episode` through the rules, the target's finder and the
/// judge that `serve` uses, at the moment at which it began to fire. What is
/// confirmed and has a step is left at kActs: the guards come after it.
///
/// @error  Prometheus did not answer.
Result<void> JudgePast(const RuleSet& rules, MetricSource& source,
                       Duration deadline, PastEpisode& episode);

}  // namespace selfheal
