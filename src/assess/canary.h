#pragma once

#include <span>
#include <string>
#include <vector>

#include "core/assessment.h"
#include "core/evidence.h"

namespace selfheal {

/// Whether the first pod of a restart does worse than the others.
struct CanaryResult {
  /// kConfirmed: it is worse; kNotConfirmed: it is not; kInconclusive: not
  /// enough was measured to say so.
  Judgement worse = Judgement::kInconclusive;
  std::string reason;  ///< The metric that decided, one sentence.
  /// One sentence a metric, in the order of `canary`.
  std::vector<std::string> details;
};

/// Compares the newest values of each metric of `canary` with those of its
/// siblings and with its own past; worse is what moved the bad way from both.
///
/// @param siblings  Metrics of the other pods; all of one name are one sample.
/// @return          Inconclusive where a metric that is not optional has a
///                  problem, too few values, or no sibling, unless another
///                  metric is already worse.
/// Pure, total, deterministic.
CanaryResult CompareCanary(std::span<const MetricWindow> canary,
                           std::span<const MetricWindow> siblings);

}  // namespace selfheal
