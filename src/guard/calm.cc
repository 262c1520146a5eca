#include "guard/calm.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <vector>

#include "core/duration.h"
#include "core/quantity.h"

namespace selfheal::guard {
namespace {

/// What a CPU may be busy where nothing names a limit.
constexpr double kMostBusy = 80;
/// Share of the points that may be missing.
constexpr double kMostHoles = 0.1;

bool GrowsWithLoad(const MetricWindow& metric) {
  return metric.bad == BadDirection::kRises &&
         (metric.name == "cpu_usage_percent" ||
          (!metric.optional && metric.unit == "percent"));
}

std::optional<double> LimitOf(const MetricWindow& metric) {
  if (metric.limit || metric.name != "cpu_usage_percent") return metric.limit;
  return kMostBusy;
}

/// The values of the last `span`; empty where they are too few.
std::vector<double> Recent(const MetricWindow& metric, seconds span) {
  const std::vector<double>& all = metric.window.values;
  const auto points = static_cast<std::size_t>(span / metric.window.step);
  if (points < 1 || all.size() < points || !std::isfinite(all.back())) {
    return {};
  }
  std::vector<double> values;
  std::copy_if(all.end() - static_cast<std::ptrdiff_t>(points), all.end(),
               std::back_inserter(values),
               [](double value) { return std::isfinite(value); });
  const auto holes = static_cast<double>(points - values.size());
  if (holes > kMostHoles * static_cast<double>(points)) values.clear();
  return values;
}

std::string ProblemOf(const MetricWindow& metric, seconds span, double factor) {
  if (!metric.problem.empty()) return metric.name + ": " + metric.problem;
  const std::vector<double> values = Recent(metric, span);
  if (values.empty()) {
    return metric.name + " was not measured for " + FormatDuration(span);
  }
  const std::optional<double> limit = LimitOf(metric);
  if (!limit || metric.bad == BadDirection::kEither) return "";
  const bool falls = metric.bad == BadDirection::kFalls;
  const double worst = falls ? *std::min_element(values.begin(), values.end())
                             : *std::max_element(values.begin(), values.end());
  const double then = GrowsWithLoad(metric) ? worst * factor : worst;
  if (falls ? then > *limit : then < *limit) return "";
  return metric.name + " was at " + Quantity(worst, metric.unit) +
         (then == worst ? ""
                        : ", which would be " + Quantity(then, metric.unit)) +
         " where " + Quantity(*limit, metric.unit) + " is the limit";
}

}  // namespace

std::string CalmProblem(const EvidenceWindow& evidence, seconds span,
                        double factor) {
  if (!evidence.problems.empty()) return evidence.problems.front();
  bool room = false;
  for (const MetricWindow& metric : evidence.metrics) {
    if (metric.optional && !GrowsWithLoad(metric)) continue;
    // A CPU that is not measured is no CPU with room, but others may tell.
    if (metric.optional && !metric.problem.empty()) continue;
    std::string problem = ProblemOf(metric, span, factor);
    if (!problem.empty()) return problem;
    room = room || (GrowsWithLoad(metric) && LimitOf(metric).has_value());
  }
  return room ? "" : "nothing tells how much room is left";
}

double CrowdingOf(const PlannedChange& change) {
  if (change.to_max > 0 || change.to < 1) return 1;
  return static_cast<double>(change.from) / change.to;
}

}  // namespace selfheal::guard
