#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <vector>

#include "assess/calibration.h"
#include "assess/features.h"
#include "assess/forest.h"
#include "assess/mahalanobis.h"
#include "assess/nearest.h"
#include "assess/robust.h"
#include "assess/table.h"

namespace selfheal::assess {

/// Knobs of the detector; the defaults are those of the service.
struct DetectorOptions {
  int trees = 100;
  int sample = 256;
  std::uint64_t seed = 0;
  /// At most this share of the baseline is taken for earlier incidents.
  double contamination = 0.1;
  /// Rows of the two trailing windows.
  std::array<int, 2> widths{10, 30};
  /// Weight of the newest row in the running mean; 1 = no smoothing.
  double smoothing = 1;
  /// The statistic is that of this many last rows; 1 = of the row alone.
  int peak_rows = 1;
  /// How much sooner than a power law the tail ends, see Calibration; only for
  /// what is judged soon after a baseline of kOpenRows or more.
  double opening = 0;
  /// Rows of a day, to know a daily job from an incident; 0 = not known.
  int rows_per_day = 0;
};

/// The members of the fusion, in the order of MemberScores.
inline constexpr std::array<const char*, 5> kMemberNames = {
    "oblique_forest_short", "oblique_forest_long", "mahalanobis_short",
    "mahalanobis_long", "nearest"};
inline constexpr int kMembers = static_cast<int>(kMemberNames.size());

/// What each row of a table scored.
struct DetectorScores {
  std::vector<double> statistic;   ///< Fused, smoothed; positive.
  std::vector<double> score;       ///< Calibrated, in [0, 1].
  std::vector<double> confidence;  ///< In [0, 1].
  /// Each member's deviation from the baseline's own, at the peak.
  std::vector<std::array<double, kMembers>> deviations;
  /// The highest of the rows that count (itself where peak_rows is 1).
  std::vector<int> peak;
};

/// Anomaly detector fitted to one baseline.
///
/// Deterministic in baseline, options and seed. Thread-safe once built.
class Detector {
 public:
  /// Precondition: `baseline` has at least one column and kMinRows rows;
  /// missing values are NaN.
  Detector(const Table& baseline, const DetectorOptions& options);
  static constexpr int kMinRows = 20;
  /// From here on the baseline's own tail tells its shape.
  static constexpr int kOpenRows = 200;

  /// Scores `table`, whose columns are those of the baseline and whose rows
  /// are consecutive steps. Row i depends on rows 0..i alone.
  DetectorScores Score(const Table& table) const;

  /// How much each metric contributed at one row, in robust deviations.
  std::vector<double> Contributions(const Table& table, int row) const;

  /// Contributions of every row.
  std::vector<std::vector<double>> ContributionsOfAll(const Table& table) const;

  /// Score of the plain isolation forest (reported, not fused).
  double PlainScore(const Table& table, int row) const;

 private:
  Detector(const Table& baseline, const DetectorOptions& options,
           FeatureRows near, FeatureRows far);

  struct Members;
  /// Log score of each member, by row.
  using Logs = std::array<std::vector<double>, kMembers>;

  std::shared_ptr<const Members> Train(const FeatureRows& near,
                                       const FeatureRows& far,
                                       const std::vector<int>& rows,
                                       int trees) const;
  static Logs LogScores(const Members& members, const FeatureRows& near,
                        const FeatureRows& far,
                        std::vector<double>* spread = nullptr);
  /// The same without the nearest row.
  static Logs CenterScores(const Members& members, const FeatureRows& near,
                           const FeatureRows& far,
                           std::vector<double>* spread = nullptr);
  Logs CrossScores(const FeatureRows& near, const FeatureRows& far,
                   const std::vector<int>& rows) const;
  std::vector<int> Trusted(const Logs& cross);
  void LearnScales(const Logs& cross, const FeatureRows& near,
                   const FeatureRows& far, const std::vector<int>& trusted);
  std::vector<double> Fuse(const Logs& logs) const;
  std::vector<double> Smooth(const std::vector<double>& fused) const;
  std::vector<double> ContributionsAt(const FeatureRows& near, int row) const;
  double Confidence(const std::array<double, kMembers>& deviations,
                    double tree_spread, double share_missing) const;
  std::vector<int> Peaks(const std::vector<double>& smoothed) const;
  std::vector<double> Statistics(const std::vector<double>& smoothed,
                                 const std::vector<int>& peaks) const;

  DetectorOptions options_;
  FeatureSpace near_space_;
  FeatureSpace far_space_;
  std::shared_ptr<const Members> members_;
  std::shared_ptr<const IsolationForest> plain_;
  std::array<Robust, kMembers> scales_;
  std::unique_ptr<const Calibration> calibration_;
  int baseline_rows_;
};

}  // namespace selfheal::assess
