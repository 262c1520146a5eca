#pragma once

#include <cstddef>
#include <functional>
#include <vector>

#include "collect/metric_source.h"
#include "core/alert.h"
#include "core/result.h"

namespace selfheal {

/// How far some long work has come.
using OnProgress = std::function<void(std::size_t done, std::size_t all)>;

/// Every episode of every alert that began to fire from `from` on and before
/// `to`, oldest first, as Prometheus remembers them. One that still fires at
/// `to` has no end.
///
/// Asks for `ALERTS` in pieces, one after the other, each below the points that
/// Prometheus gives in one answer; a piece that is too large is halved.
/// @error  the source's.
Result<std::vector<Alert>> PastAlerts(MetricSource& source, Time from, Time to,
                                      Duration deadline,
                                      const OnProgress& progress);

}  // namespace selfheal
