#pragma once

#include <cstdint>
#include <vector>

#include "assess/kernels.h"
#include "assess/table.h"

namespace selfheal::assess {

struct ForestOptions {
  int trees = 100;
  int sample = 256;  ///< Rows a tree, at most kTreeLeaves.
  std::uint64_t seed = 0;
};

/// Expected path length of an unsuccessful search among n rows: c(n).
double AveragePath(int n);

/// Isolation forest with axis-parallel splits.
///
/// Source: Liu, Ting, Zhou, "Isolation Forest", ICDM 2008, as scikit-learn
/// computes it. Deterministic in rows, options and seed. Thread-safe once
/// built. Cost: fit O(trees * sample * depth), score O(rows * trees * depth).
class IsolationForest {
 public:
  /// Precondition: `rows` has at least one row and one feature.
  IsolationForest(const FeatureRows& rows, const ForestOptions& options);

  /// 2^(-mean path / c(sample)) of each row, in (0, 1); higher is stranger.
  std::vector<double> Score(const FeatureRows& rows,
                            const Kernels& kernels = ActiveKernels()) const;

 private:
  int trees_;
  double norm_;  ///< c(sample).
  std::uint32_t feature_mask_;
  std::vector<std::uint32_t> nodes_;
  std::vector<float> leaves_;
};

/// Isolation forest whose splits are random hyperplanes over all features:
/// each level of each tree has one normal direction, each node a threshold.
///
/// Cost: score O(rows * trees * depth * features).
class ObliqueForest {
 public:
  ObliqueForest(const FeatureRows& rows, const ForestOptions& options);

  /// As IsolationForest::Score. `spread`, where given, receives for each row
  /// the standard error of the mean path, relative to c(sample), told from
  /// kGroups groups of trees: how far chance decided the score.
  std::vector<double> Score(const FeatureRows& rows,
                            std::vector<double>* spread = nullptr,
                            const Kernels& kernels = ActiveKernels()) const;
  static constexpr int kGroups = 4;

 private:
  int trees_;
  int features_;
  double norm_;
  std::vector<float> directions_;
  std::vector<float> thresholds_;
  std::vector<float> leaves_;
};

}  // namespace selfheal::assess
