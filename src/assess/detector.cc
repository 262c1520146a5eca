#include "assess/detector.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "assess/episodes.h"

namespace selfheal::assess {
namespace {

constexpr double kRidge = 0.05;
constexpr int kNeighbour = 5;
constexpr int kNearestLimit = 2000;
/// Contiguous parts of the baseline, each scored by members that saw the rest.
constexpr int kFolds = 6;
/// What is judged comes later than the baseline: its tail reaches further.
constexpr double kDrift = 1.45;
/// Weights in the fusion, in the order of the members: distances tell real
/// alerts from false ones better than forests do.
constexpr std::array<double, kMembers> kWeights = {1, 1, 2, 2, 2};
constexpr int kNearest = kMembers - 1;
/// About so many rows tell a member's scale; evenly spread.
constexpr std::size_t kScaleRows = 900;
/// Baseline rows, and standard error of the trees, at half confidence.
constexpr double kHalfTrustRows = 120;
constexpr double kHalfTrustSpread = 0.1;
/// A member calls a row strange from here on.
constexpr double kHigh = 3;
/// A log of a score below this would be a log of zero.
constexpr double kTiny = 1e-12;

std::vector<double> Logarithms(std::vector<double> values) {
  for (double& value : values) value = std::log(std::max(value, kTiny));
  return values;
}

/// The identity for large values, above 0 everywhere: an inconclusive row's 0
/// then ranks below every judged one.
double Positive(double value) {
  return value > 30 ? value : std::log1p(std::exp(value));
}

/// How much of its weight the nearest row has. Few rows fill a space of many
/// features thinly; very few tell trees and covariances even less.
double NearestShare(int rows) {
  const double filled = std::min(1.0, rows / double{kNearestLimit});
  const double few = std::clamp(2 - rows / double{Detector::kOpenRows}, 0., 1.);
  return std::max(filled * filled, few);
}

double ShareMissing(const Table& table, int row) {
  int missing = 0;
  for (const auto& column : table.columns) {
    missing += std::isfinite(column[static_cast<std::size_t>(row)]) ? 0 : 1;
  }
  return static_cast<double>(missing) / table.metrics();
}

std::vector<int> AllRows(int rows) {
  std::vector<int> all(static_cast<std::size_t>(rows));
  std::iota(all.begin(), all.end(), 0);
  return all;
}

template <typename Value>
std::vector<Value> Selected(const std::vector<Value>& values,
                            const std::vector<int>& rows) {
  std::vector<Value> selected;
  selected.reserve(rows.size());
  for (const int row : rows) {
    selected.push_back(values[static_cast<std::size_t>(row)]);
  }
  return selected;
}

}  // namespace

struct Detector::Members {
  ObliqueForest near_forest, far_forest;
  Mahalanobis near_distance, far_distance;
  NearestRows nearest;
};

std::shared_ptr<const Detector::Members> Detector::Train(
    const FeatureRows& near, const FeatureRows& far,
    const std::vector<int>& rows, int trees) const {
  const FeatureRows near_rows = SelectRows(near, rows);
  const FeatureRows far_rows = SelectRows(far, rows);
  ForestOptions forest{
      .trees = trees, .sample = options_.sample, .seed = options_.seed};
  ForestOptions other = forest;
  other.seed = ~options_.seed;
  return std::make_shared<const Members>(
      Members{ObliqueForest(near_rows, forest), ObliqueForest(far_rows, other),
              Mahalanobis(near_rows, kRidge), Mahalanobis(far_rows, kRidge),
              NearestRows(near_rows, kNearestLimit, kNeighbour)});
}

Detector::Logs Detector::LogScores(const Members& members,
                                   const FeatureRows& near,
                                   const FeatureRows& far,
                                   std::vector<double>* spread) {
  Logs logs = CenterScores(members, near, far, spread);
  logs[kNearest] = Logarithms(members.nearest.Score(near));
  return logs;
}

Detector::Logs Detector::CenterScores(const Members& members,
                                      const FeatureRows& near,
                                      const FeatureRows& far,
                                      std::vector<double>* spread) {
  return {Logarithms(members.near_forest.Score(near, spread)),
          Logarithms(members.far_forest.Score(far)),
          Logarithms(members.near_distance.Score(near)),
          Logarithms(members.far_distance.Score(far)),
          {}};
}

/// Each part of the baseline, scored by members that did not see it: what the
/// statistic of a normal row looks like tomorrow, not what it was fitted to.
Detector::Logs Detector::CrossScores(const FeatureRows& near,
                                     const FeatureRows& far,
                                     const std::vector<int>& rows) const {
  const int n = near.rows;
  const int trees = std::max(1, options_.trees / kFolds);
  Logs logs;
  for (auto& member : logs) member.resize(static_cast<std::size_t>(n));
  for (int fold = 0; fold < kFolds; ++fold) {
    const int first = n * fold / kFolds;
    const int last = n * (fold + 1) / kFolds;
    std::vector<int> others;
    std::vector<int> own;
    for (const int row : rows) {
      if (row < first || row >= last) others.push_back(row);
    }
    for (int row = first; row < last; ++row) own.push_back(row);
    if (others.empty()) others = rows;
    const auto members = Train(near, far, others, trees);
    const Logs part =
        LogScores(*members, SelectRows(near, own), SelectRows(far, own));
    for (std::size_t m = 0; m < part.size(); ++m) {
      std::copy(part[m].begin(), part[m].end(), logs[m].begin() + first);
    }
  }
  return logs;
}

void Detector::LearnScales(const Logs& cross, const FeatureRows& near,
                           const FeatureRows& far,
                           const std::vector<int>& trusted) {
  // Rows that the members saw: what is apart between days of the baseline
  // shall not make a member dull. The nearest of a row that was seen is that
  // row itself, so that its distances are those of the parts.
  std::vector<int> some;
  const std::size_t stride = 1 + trusted.size() / kScaleRows;
  for (std::size_t i = 0; i < trusted.size(); i += stride) {
    some.push_back(trusted[i]);
  }
  Logs seen =
      CenterScores(*members_, SelectRows(near, some), SelectRows(far, some));
  seen[kNearest] = Selected(cross[kNearest], trusted);
  for (std::size_t m = 0; m < seen.size(); ++m) {
    scales_[m] = RobustOf(seen[m]);
    if (!(scales_[m].scale > 0)) scales_[m].scale = 1;
  }
}

std::vector<double> Detector::Fuse(const Logs& logs) const {
  std::array<double, kMembers> weights = kWeights;
  weights[kNearest] *= NearestShare(baseline_rows_);
  const double total = std::accumulate(weights.begin(), weights.end(), 0.0);
  std::vector<double> fused(logs.front().size());
  for (std::size_t i = 0; i < fused.size(); ++i) {
    double sum = 0;
    for (std::size_t m = 0; m < logs.size(); ++m) {
      sum += weights[m] * scales_[m].Z(logs[m][i]);
    }
    fused[i] = sum / total;
  }
  return fused;
}

std::vector<double> Detector::Smooth(const std::vector<double>& fused) const {
  std::vector<double> smooth = fused;
  for (std::size_t i = 1; i < smooth.size(); ++i) {
    smooth[i] = smooth[i - 1] + options_.smoothing * (fused[i] - smooth[i - 1]);
  }
  return smooth;
}

std::vector<int> Detector::Peaks(const std::vector<double>& smoothed) const {
  std::vector<int> peaks(smoothed.size());
  for (int i = 0; i < static_cast<int>(peaks.size()); ++i) {
    const auto first =
        smoothed.begin() + std::max(0, i + 1 - options_.peak_rows);
    peaks[static_cast<std::size_t>(i)] = static_cast<int>(
        std::max_element(first, smoothed.begin() + i + 1) - smoothed.begin());
  }
  return peaks;
}

/// Half the peak of the last rows; the rest is what goes on: the newest row and
/// the mean. What was over soon counts less than what stays.
std::vector<double> Detector::Statistics(const std::vector<double>& smoothed,
                                         const std::vector<int>& peaks) const {
  std::vector<double> statistics(smoothed.size());
  for (int i = 0; i < static_cast<int>(smoothed.size()); ++i) {
    const auto at = static_cast<std::size_t>(i);
    const int first = std::max(0, i + 1 - options_.peak_rows);
    const double sum = std::accumulate(smoothed.begin() + first,
                                       smoothed.begin() + i + 1, 0.0);
    const double peak = smoothed[static_cast<std::size_t>(peaks[at])];
    const double going_on = (smoothed[at] + sum / (i + 1 - first)) / 2;
    statistics[at] = Positive((peak + going_on) / 2);
  }
  return statistics;
}

/// The rows of the baseline that belong to no earlier incident.
std::vector<int> Detector::Trusted(const Logs& cross) {
  for (std::size_t m = 0; m < cross.size(); ++m) {
    scales_[m] = RobustOf(cross[m]);
    if (!(scales_[m].scale > 0)) scales_[m].scale = 1;
  }
  const std::vector<bool> held = EarlierIncidents(
      Smooth(Fuse(cross)), {.share = options_.contamination,
                            .rows_per_day = options_.rows_per_day,
                            .shoulder = options_.widths[1]});
  std::vector<int> rows = AllRows(baseline_rows_);
  std::erase_if(
      rows, [&held](int row) { return held[static_cast<std::size_t>(row)]; });
  return rows;
}

Detector::Detector(const Table& baseline, const DetectorOptions& options)
    : Detector(baseline, options, FeatureRows(), FeatureRows()) {}

Detector::Detector(const Table& baseline, const DetectorOptions& options,
                   FeatureRows near, FeatureRows far)
    : options_(options),
      near_space_(baseline, options.widths[0], near),
      far_space_(baseline, options.widths[1], far),
      baseline_rows_(baseline.rows()) {
  const Logs cross = CrossScores(near, far, AllRows(baseline_rows_));
  const std::vector<int> trusted = Trusted(cross);
  members_ = Train(near, far, trusted, options_.trees);
  LearnScales(cross, near, far, trusted);
  plain_ = std::make_shared<const IsolationForest>(
      near, ForestOptions{.trees = options.trees,
                          .sample = options.sample,
                          .seed = options.seed});
  // An earlier incident says nothing of how far a normal row may go.
  const std::vector<double> smooth = Selected(Smooth(Fuse(cross)), trusted);
  calibration_ = std::make_unique<const Calibration>(
      Statistics(smooth, Peaks(smooth)), kDrift,
      options_.opening * std::min(1.0, baseline_rows_ / double{kOpenRows}));
}

DetectorScores Detector::Score(const Table& table) const {
  const FeatureRows near = near_space_.Transform(table);
  const FeatureRows far = far_space_.Transform(table);
  std::vector<double> spread;
  const Logs logs = LogScores(*members_, near, far, &spread);
  const std::vector<double> smooth = Smooth(Fuse(logs));
  DetectorScores out;
  out.peak = Peaks(smooth);
  out.statistic = Statistics(smooth, out.peak);
  for (std::size_t i = 0; i < out.peak.size(); ++i) {
    const auto peak = static_cast<std::size_t>(out.peak[i]);
    out.score.push_back(calibration_->Score(out.statistic[i]));
    std::array<double, kMembers> deviations{};
    for (std::size_t m = 0; m < logs.size(); ++m) {
      deviations[m] = scales_[m].Z(logs[m][peak]);
    }
    out.deviations.push_back(deviations);
    out.confidence.push_back(
        Confidence(deviations, spread[peak], ShareMissing(table, out.peak[i])));
  }
  return out;
}

double Detector::Confidence(const std::array<double, kMembers>& deviations,
                            double tree_spread, double share_missing) const {
  const double length = baseline_rows_ / (baseline_rows_ + kHalfTrustRows);
  const double trees = 1 / (1 + tree_spread / kHalfTrustSpread);
  int high = 0;
  for (const double deviation : deviations) high += deviation > kHigh ? 1 : 0;
  const double agreement =
      static_cast<double>(std::max(high, kMembers - high)) / kMembers;
  return std::clamp(length * trees * agreement * (1 - share_missing), 0.0, 1.0);
}

std::vector<double> Detector::Contributions(const Table& table, int row) const {
  return ContributionsAt(near_space_.Transform(table), row);
}

std::vector<std::vector<double>> Detector::ContributionsOfAll(
    const Table& table) const {
  const FeatureRows near = near_space_.Transform(table);
  std::vector<std::vector<double>> all;
  all.reserve(static_cast<std::size_t>(table.rows()));
  for (int row = 0; row < table.rows(); ++row) {
    all.push_back(ContributionsAt(near, row));
  }
  return all;
}

std::vector<double> Detector::ContributionsAt(const FeatureRows& near,
                                              int row) const {
  const std::vector<double> parts =
      members_->near_distance.Contributions(near, row);
  std::vector<double> deviation(
      static_cast<std::size_t>(near.features / kFeaturesPerMetric));
  std::vector<double> part(deviation.size());
  for (int f = 0; f < near.features; ++f) {
    const auto metric = static_cast<std::size_t>(f / kFeaturesPerMetric);
    deviation[metric] = std::max(
        deviation[metric], std::abs(static_cast<double>(near.Feature(f)[row])));
    part[metric] += parts[static_cast<std::size_t>(f)];
  }
  const double most =
      std::max(kTiny, *std::max_element(part.begin(), part.end()));
  for (std::size_t m = 0; m < deviation.size(); ++m) {
    deviation[m] *= 0.5 + 0.5 * std::clamp(part[m] / most, 0.0, 1.0);
  }
  return deviation;
}

double Detector::PlainScore(const Table& table, int row) const {
  return plain_->Score(SelectRows(near_space_.Transform(table), {row})).front();
}

}  // namespace selfheal::assess
