#include "assess/together.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "assess/standing.h"
#include "core/text.h"

namespace selfheal::assess {
namespace {

bool IsPastLimit(const MetricWindow& metric) {
  const std::vector<double>& values = metric.window.values;
  const auto last =
      std::find_if(values.rbegin(), values.rend(),
                   [](double value) { return std::isfinite(value); });
  if (!metric.limit || last == values.rend()) return false;
  return metric.bad == BadDirection::kFalls ? *last <= *metric.limit
                                            : *last >= *metric.limit;
}

}  // namespace

void BearOut(const std::vector<const MetricWindow*>& measured,
             const std::vector<std::string>& names, double threshold,
             Assessment& assessment) {
  const bool asked = !names.empty();
  if (!asked || assessment.outcome != Judgement::kConfirmed) return;
  std::string bad;
  int present = 0;
  for (const MetricWindow* metric : measured) {
    if (std::find(names.begin(), names.end(), metric->name) == names.end()) {
      continue;
    }
    ++present;
    if (bad.empty() && (StandsOut(*metric) || IsPastLimit(*metric))) {
      bad = metric->name;
    }
  }
  assessment.confidence *=
      static_cast<double>(present) / static_cast<double>(names.size());
  if (!bad.empty()) {
    assessment.reasons.push_back(bad + " shows that it is felt");
    return;
  }
  assessment.score = std::min(assessment.score, threshold / 2);
  assessment.outcome =
      present == 0 ? Judgement::kInconclusive : Judgement::kNotConfirmed;
  std::string why(present == 0
                      ? "none could be measured of what would show that it is "
                        "felt: "
                      : kNothingShows);
  // Why it ends here stands before what was found.
  assessment.reasons.insert(assessment.reasons.begin(), why + Listed(names));
}

}  // namespace selfheal::assess
