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

/// Appends the points of `grid` that lie behind those of `out`.
void AppendPoints(Json& out, const SampleGrid& grid) {
  Time at = grid.start;
  for (const double value : grid.values) {
    const double second = UnixSeconds(at);
    at += grid.step;
    if (!out.empty()) {
      const double last = out.back()[0].get<double>();
      const auto step = static_cast<double>(grid.step.count());
      if (second <= last) continue;
      // What lies between was not looked at.
      if (second > last + step) {
        out.push_back(Json::array({last + step, nullptr}));
      }
    }
    out.push_back(Json::array({second, Number(value)}));
  }
}

Json Points(const MetricWindow& metric,
            const std::optional<EvidenceWindow>& later) {
  Json out = Json::array();
  AppendPoints(out, metric.window);
  if (!later) return out;
  for (const MetricWindow& other : later->metrics) {
    if (other.name == metric.name) AppendPoints(out, other.window);
  }
  return out;
}

/// The scores belong to the last points of the window.
Json Scores(const SampleGrid& grid, const std::vector<double>& scores) {
  Json out = Json::array();
  const std::size_t count = std::min(scores.size(), grid.values.size());
  if (count == 0) return out;
  const std::size_t skipped = scores.size() - count;
  Time at = grid.End() - grid.step * static_cast<long long>(count) + grid.step;
  for (std::size_t i = 0; i < count; ++i) {
    out.push_back(Json::array({UnixSeconds(at), Number(scores[skipped + i])}));
    at += grid.step;
  }
  return out;
}

Json Window(const MetricWindow& metric, const std::vector<double>& scores,
            const std::optional<EvidenceWindow>& later) {
  return {{"name", metric.name},
          {"unit", metric.unit},
          {"role", std::string(DirectionName(metric.bad))},
          {"step_s", metric.window.step.count()},
          {"points", Points(metric, later)},
          {"baseline", Band(metric.baseline)},
          {"scores", Scores(metric.window, scores)},
          {"limit", metric.limit ? Number(*metric.limit) : Json()},
          {"query", metric.query},
          {"problem", metric.problem}};
}

}  // namespace

std::string EvidenceJson(const KeptEvidence& shown,
                         const std::optional<EvidenceWindow>& later,
                         const std::vector<double>& scores) {
  Json windows = Json::array();
  for (const MetricWindow& metric : shown.window.metrics) {
    windows.push_back(Window(metric, scores, later));
  }
  return codec::Dump(
      {{"at", codec::PublicTime(shown.window.at)},
       {"later_at", later ? Json(codec::PublicTime(later->at)) : Json()},
       {"windows", std::move(windows)},
       {"forecast",
        shown.judged ? codec::PublicForecast(shown.judged->assessment.forecast)
                     : Json()},
       {"problems", codec::Strings(shown.window.problems)}});
}

}  // namespace selfheal
