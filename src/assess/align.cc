#include "assess/align.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>

namespace selfheal::assess {
namespace {

constexpr double kMissing = std::numeric_limits<double>::quiet_NaN();

int Present(const std::vector<double>& values) {
  return static_cast<int>(
      std::count_if(values.begin(), values.end(),
                    [](double value) { return std::isfinite(value); }));
}

bool HasInfinity(const std::vector<double>& values) {
  return std::any_of(values.begin(), values.end(),
                     [](double value) { return std::isinf(value); });
}

double ShareMissing(const std::vector<double>& values) {
  return 1 - static_cast<double>(Present(values)) /
                 static_cast<double>(values.size());
}

/// How many values stand before the first one that is there. A history that
/// begins late is short; only what is missing after its begin is a gap.
std::size_t Lead(const std::vector<double>& values) {
  const auto first =
      std::find_if(values.begin(), values.end(),
                   [](double value) { return std::isfinite(value); });
  return static_cast<std::size_t>(first - values.begin());
}

double ShareOfGaps(const std::vector<double>& values) {
  const std::size_t length = values.size() - Lead(values);
  return length == 0 ? 1
                     : 1 - static_cast<double>(Present(values)) /
                               static_cast<double>(length);
}

/// Drops the rows before the first one in which any column has a value.
void DropLead(std::vector<std::vector<double>>& columns) {
  std::size_t lead = columns.front().size();
  for (const auto& column : columns) lead = std::min(lead, Lead(column));
  for (auto& column : columns) {
    column.erase(column.begin(),
                 column.begin() + static_cast<std::ptrdiff_t>(lead));
  }
}

/// The value nearest to `at`, not further away than half a step.
double ValueNear(const SampleGrid& grid, Time at) {
  const auto step = std::chrono::duration_cast<Duration>(grid.step).count();
  const auto offset = (at - grid.start).count() + step / 2;
  if (offset < 0 || step <= 0) return kMissing;
  const auto index = static_cast<std::size_t>(offset / step);
  return index < grid.values.size() ? grid.values[index] : kMissing;
}

double Transformed(double value, bool log_transform) {
  if (!std::isfinite(value)) return kMissing;
  if (!log_transform) return value;
  return std::copysign(std::log1p(std::abs(value)), value);
}

/// `rows` values, `step` apart, the last one at `end`.
std::vector<double> Resample(const SampleGrid& grid, Time end, seconds step,
                             int rows, bool log_transform) {
  std::vector<double> out(static_cast<std::size_t>(rows));
  for (int i = 0; i < rows; ++i) {
    const Time at = end - step * static_cast<long long>(rows - 1 - i);
    out[static_cast<std::size_t>(i)] =
        Transformed(ValueNear(grid, at), log_transform);
  }
  return out;
}

int RowsAt(const SampleGrid& grid, seconds step) {
  const auto span =
      grid.step * (static_cast<long long>(grid.values.size()) - 1);
  return static_cast<int>(span / step) + 1;
}

}  // namespace

std::string GridProblem(const MetricWindow& metric, Time newest,
                        const GridNeeds& needs) {
  if (!metric.problem.empty()) return metric.problem;
  const SampleGrid& window = metric.window;
  const SampleGrid& baseline = metric.baseline;
  if (window.values.empty()) return "no points in the window";
  if (baseline.values.empty()) return "no baseline";
  if (window.step.count() <= 0 || baseline.step.count() <= 0) {
    return "a step that is not positive";
  }
  if (HasInfinity(window.values)) return "an infinite value in the window";
  if (newest - window.End() > 2 * window.step) {
    return "its newest point is more than 2 steps old";
  }
  if (!std::isfinite(window.values.back()))
    return "the newest point is missing";
  if (ShareMissing(window.values) > needs.max_window_gaps) {
    return "the window has too many gaps";
  }
  const int present = Present(baseline.values);
  if (present < needs.min_baseline) {
    return "the baseline has " + std::to_string(present) + " values, " +
           std::to_string(needs.min_baseline) + " are needed";
  }
  if (ShareOfGaps(baseline.values) > needs.max_baseline_gaps) {
    return "the baseline has too many gaps";
  }
  return "";
}

bool ConstantBaseline(const MetricWindow& metric) {
  double low = std::numeric_limits<double>::infinity();
  double high = -low;
  for (const double value : metric.baseline.values) {
    if (!std::isfinite(value)) continue;
    low = std::min(low, value);
    high = std::max(high, value);
  }
  return !(high > low);
}

Time NewestEnd(const std::vector<MetricWindow>& metrics, Time fallback) {
  bool any = false;
  Time newest = fallback;
  for (const MetricWindow& metric : metrics) {
    if (metric.window.values.empty()) continue;
    const Time end = metric.window.End();
    newest = any ? std::max(newest, end) : end;
    any = true;
  }
  return newest;
}

AlignedEvidence Align(const std::vector<const MetricWindow*>& metrics) {
  AlignedEvidence out;
  seconds fine{0};
  Time window_end = metrics.front()->window.End();
  Time baseline_end = metrics.front()->baseline.End();
  for (const MetricWindow* metric : metrics) {
    out.step = std::max({out.step, metric->window.step, metric->baseline.step});
    fine = std::max(fine, metric->window.step);
    window_end = std::max(window_end, metric->window.End());
    baseline_end = std::max(baseline_end, metric->baseline.End());
    out.fine_points = std::max(out.fine_points,
                               static_cast<int>(metric->window.values.size()));
  }
  out.stride = static_cast<int>(out.step / fine);
  int window_rows = 1;
  int baseline_rows = 1;
  for (const MetricWindow* metric : metrics) {
    window_rows = std::max(window_rows, RowsAt(metric->window, out.step));
    baseline_rows = std::max(baseline_rows, RowsAt(metric->baseline, out.step));
  }
  for (const MetricWindow* metric : metrics) {
    out.window.columns.push_back(Resample(metric->window, window_end, out.step,
                                          window_rows, metric->log_transform));
    out.baseline.columns.push_back(Resample(metric->baseline, baseline_end,
                                            out.step, baseline_rows,
                                            metric->log_transform));
  }
  DropLead(out.baseline.columns);
  return out;
}

}  // namespace selfheal::assess
