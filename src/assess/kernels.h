#pragma once

#include <cstdint>

namespace selfheal::assess {

/// Trees are complete, heap-ordered and this deep; a branch that ends early
/// leads every row to leaves of one value.
inline constexpr int kTreeDepth = 8;
inline constexpr int kTreeNodes = (1 << kTreeDepth) - 1;
inline constexpr int kTreeLeaves = 1 << kTreeDepth;

/// Rows that the tree kernels take at once, feature-major with this stride.
inline constexpr int kBlockShift = 8;
inline constexpr int kBlockRows = 1 << kBlockShift;
/// The kernels' `rows` is a multiple of this, at most kBlockRows.
inline constexpr int kRowGroup = 32;

/// The inner loops, in a portable and an AVX2 form with equal results to the
/// bit: neither contracts a product and a sum, both sum in the same order.
struct Kernels {
  /// Adds the path length of each row of `block` through one axis-parallel
  /// tree to `sums`.
  ///
  /// @param nodes         kTreeNodes thresholds; bits under `feature_mask`
  ///                      hold the feature, the others a float.
  /// @param leaves        kTreeLeaves path lengths.
  void (*add_axis_paths)(const std::uint32_t* nodes, const float* leaves,
                         std::uint32_t feature_mask, const float* block,
                         int rows, float* sums);

  /// projected[l * kBlockRows + i] = sum over f of
  /// directions[l * features + f] * block[f * kBlockRows + i].
  void (*project)(const float* directions, const float* block, int rows,
                  int features, float* projected);

  /// As add_axis_paths, where level l compares projected values of level l.
  void (*add_projected_paths)(const float* thresholds, const float* leaves,
                              const float* projected, int rows, float* sums);

  /// distances[i] = squared Euclidean distance of `query` to row i of
  /// feature-major `rows`; `count` is a multiple of FeatureRows::kLane.
  void (*distances)(const float* query, const float* rows, int stride,
                    int features, int count, float* distances);
};

const Kernels& PortableKernels();

/// Null where the program was built for another processor family.
const Kernels* Avx2Kernels();

/// The fastest that this processor runs; chosen once.
const Kernels& ActiveKernels();

}  // namespace selfheal::assess
