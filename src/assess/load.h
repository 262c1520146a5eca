#pragma once

#include <string>
#include <string_view>

#include "core/assessment.h"
#include "core/evidence.h"

namespace selfheal::assess {

/// The metric that tells how much is asked of a workload; one of those that
/// every workload is judged by.
inline constexpr std::string_view kLoadMetric = "request_rate_per_second";

/// Whether more is asked of the workload than its history knows.
struct LoadView {
  Judgement risen = Judgement::kInconclusive;
  std::string reason;
};

/// Risen: clearly above nearly all of the baseline. Not risen: within it.
/// Between the two, or where it was not measured, nobody can tell.
LoadView LoadOf(const EvidenceWindow& evidence);

}  // namespace selfheal::assess
