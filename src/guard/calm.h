#pragma once

#include <string>

#include "core/clock.h"
#include "core/evidence.h"
#include "core/plan.h"

namespace selfheal::guard {

/// Why the target of `evidence` was not calm for `span` up to its moment, or
/// would not stay so with `factor` times as much for each pod; "" = it would.
///
/// Every metric that must be there lay within its limit all the time, and what
/// grows with the load (cpu_usage_percent, and percentages that must be there)
/// has room for `factor`. What is missing is never calm. Pure.
std::string CalmProblem(const EvidenceWindow& evidence, seconds span,
                        double factor);

/// How many times as much each pod gets after a scale-in. An autoscaler looks
/// for itself: 1.
double CrowdingOf(const PlannedChange& change);

}  // namespace selfheal::guard
