#pragma once

#include <vector>

#include "collect/metric_source.h"
#include "core/clock.h"
#include "core/labels.h"

namespace selfheal {

/// The series of alerts that fire, as Prometheus remembers them.
inline constexpr char kFiringAlerts[] = R"(ALERTS{alertstate="firing"})";

/// One episode of an alert.
struct FiringSpan {
  Time began;  ///< Its first sample.
  Time ended;  ///< One step after its last.
};

/// The labels of the alert that a series of `ALERTS` tells of.
Labels AlertLabels(const Series& series);

/// The episodes of one series of `ALERTS` that was asked for at `step`, oldest
/// first; samples further apart than Prometheus' look-back are two.
std::vector<FiringSpan> FiringSpans(const Series& series, seconds step);

/// True where `next` goes on with the episode of `span`.
bool GoesOn(const FiringSpan& span, const FiringSpan& next, seconds step);

}  // namespace selfheal
