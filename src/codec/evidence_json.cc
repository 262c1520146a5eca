#include "codec/evidence_json.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "codec/names.h"
#include "codec/public_parts.h"

namespace selfheal {
namespace {

using codec::Json;
using codec::Number;

/// The `share` quantile (0..1) of sorted, non-empty values.
double Quantile(const std::vector<double>& sorted, double share) {
  const double place = share * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(place);
  const std::size_t above = std::min(below + 1, sorted.size() - 1);
  return std::lerp(sorted[below], sorted[above],
                   place - static_cast<double>(below));
}

Json Band(const SampleGrid& baseline) {
  std::vector<double> finite;
  std::copy_if(baseline.values.begin(), baseline.values.end(),
               std::back_inserter(finite),
               [](double value) { return std::isfinite(value); });
  if (finite.empty()) return {{"low", nullptr}, {"high", nullptr}};
  std::sort(finite.begin(), finite.end());
  return {{"low", Quantile(finite, 0.01)}, {"high", Quantile(finite, 0.99)}};
}

Json Points(const SampleGrid& grid) {
  Json out = Json::array();
  Time at = grid.start;
  for (const double value : grid.values) {
    out.push_back(Json::array({UnixSeconds(at), Number(value)}));
    at += grid.step;
  }
  return out;
}

/// The scores belong to the last points of the window.
Json Scores(const SampleGrid& grid, const std::optional<Assessment>& judged) {
  Json out = Json::array();
  if (!judged || grid.values.empty()) return out;
  const std::size_t count = std::min(judged->scores.size(), grid.values.size());
  const std::size_t skipped = judged->scores.size() - count;
  Time at = grid.End() - grid.step * static_cast<long long>(count) + grid.step;
  for (std::size_t i = 0; i < count; ++i) {
    out.push_back(
        Json::array({UnixSeconds(at), Number(judged->scores[skipped + i])}));
    at += grid.step;
  }
  return out;
}

Json Window(const MetricWindow& metric,
            const std::optional<Assessment>& judged) {
  return {{"name", metric.name},
          {"unit", metric.unit},
          {"role", std::string(DirectionName(metric.bad))},
          {"step_s", metric.window.step.count()},
          {"points", Points(metric.window)},
          {"baseline", Band(metric.baseline)},
          {"scores", Scores(metric.window, judged)},
          {"limit", metric.limit ? Number(*metric.limit) : Json()},
          {"query", metric.query},
          {"problem", metric.problem}};
}

}  // namespace

std::string EvidenceJson(const EvidenceWindow& evidence,
                         const std::optional<Assessment>& assessment) {
  Json windows = Json::array();
  for (const MetricWindow& metric : evidence.metrics) {
    windows.push_back(Window(metric, assessment));
  }
  return codec::Dump(
      {{"at", codec::PublicTime(evidence.at)},
       {"windows", std::move(windows)},
       {"forecast",
        assessment ? codec::PublicForecast(assessment->forecast) : Json()},
       {"problems", codec::Strings(evidence.problems)}});
}

}  // namespace selfheal
