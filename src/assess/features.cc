#include "assess/features.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace selfheal::assess {
namespace {

constexpr double kMissing = std::numeric_limits<double>::quiet_NaN();

/// Deviations count in full up to about here and by their logarithm beyond.
constexpr float kKnee = 3;

struct Moments {
  double mean = 0;
  double deviation = 0;
  int count = 0;
};

/// Of the finite values among values[first..last].
Moments MomentsOf(const double* values, int first, int last) {
  double sum = 0;
  double squares = 0;
  int count = 0;
  const double origin = values[last];
  for (int i = first; i <= last; ++i) {
    const double shifted = values[i] - origin;
    if (!std::isfinite(shifted)) continue;
    sum += shifted;
    squares += shifted * shifted;
    ++count;
  }
  const double mean = sum / count;
  return {.mean = origin + mean,
          .deviation = std::sqrt(std::max(0.0, squares / count - mean * mean)),
          .count = count};
}

/// A feature that never moved has no scale: what leaves its one value counts as
/// this many deviations, however far it goes.
constexpr float kDeparture = 3;
constexpr double kSame = 1e-6;
constexpr int kFewestSame = 60;

/// @param usual  NaN where the metric moved.
void MarkDepartures(const std::vector<double>& raw, double usual, float* out) {
  const double apart = kSame * std::abs(usual);
  for (std::size_t i = 0; i < raw.size(); ++i) {
    if (raw[i] > usual + apart) out[i] = kDeparture;
    if (raw[i] < usual - apart) out[i] = -kDeparture;
  }
}

void Standardise(const std::vector<double>& raw, const Robust& robust,
                 float* out) {
  if (!(robust.scale > 0)) return;
  for (std::size_t i = 0; i < raw.size(); ++i) {
    if (!std::isfinite(raw[i])) continue;
    const double z = std::clamp(robust.Z(raw[i]), -kClip, kClip);
    const auto a = static_cast<float>(std::abs(z) / kKnee);
    const float compressed = kKnee * std::log(a + std::sqrt(a * a + 1));
    out[i] = z < 0 ? -compressed : compressed;
  }
}

/// The one value of a column with enough of them, else NaN.
double ConstantOf(const std::vector<double>& column) {
  double value = kMissing;
  int present = 0;
  for (const double next : column) {
    if (!std::isfinite(next)) continue;
    if (present++ > 0 && next != value) return kMissing;
    value = next;
  }
  return present >= kFewestSame ? value : kMissing;
}

}  // namespace

RawFeatures TrailingFeatures(const std::vector<double>& column, int width) {
  RawFeatures raw;
  raw.value = column;
  raw.change.assign(column.size(), kMissing);
  raw.spread.assign(column.size(), kMissing);
  for (int i = 0; i < static_cast<int>(column.size()); ++i) {
    const double value = column[static_cast<std::size_t>(i)];
    if (!std::isfinite(value)) continue;
    const Moments moments =
        MomentsOf(column.data(), std::max(0, i - width + 1), i);
    if (2 * moments.count < width) continue;
    raw.change[static_cast<std::size_t>(i)] = value - moments.mean;
    raw.spread[static_cast<std::size_t>(i)] = moments.deviation;
  }
  return raw;
}

FeatureSpace::FeatureSpace(const Table& baseline, int width,
                           FeatureRows& transformed)
    : width_(width) {
  scales_.reserve(baseline.columns.size() * kFeaturesPerMetric);
  transformed =
      FeatureRows(baseline.rows(), baseline.metrics() * kFeaturesPerMetric);
  for (const std::vector<double>& column : baseline.columns) {
    constants_.push_back(ConstantOf(column));
    const RawFeatures raw = TrailingFeatures(column, width);
    for (const auto* kind : {&raw.value, &raw.change, &raw.spread}) {
      const auto feature = static_cast<int>(scales_.size());
      scales_.push_back(RobustOf(*kind));
      Standardise(*kind, scales_.back(), transformed.Feature(feature));
    }
  }
}

FeatureRows FeatureSpace::Transform(const Table& table) const {
  FeatureRows out(table.rows(), table.metrics() * kFeaturesPerMetric);
  for (int metric = 0; metric < table.metrics(); ++metric) {
    const RawFeatures raw = TrailingFeatures(
        table.columns[static_cast<std::size_t>(metric)], width_);
    const int first = metric * kFeaturesPerMetric;
    Standardise(raw.value, ScaleOf(first), out.Feature(first));
    MarkDepartures(raw.value, constants_[static_cast<std::size_t>(metric)],
                   out.Feature(first));
    Standardise(raw.change, ScaleOf(first + 1), out.Feature(first + 1));
    Standardise(raw.spread, ScaleOf(first + 2), out.Feature(first + 2));
  }
  return out;
}

}  // namespace selfheal::assess
