#include "assess/forest.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <limits>
#include <numeric>

#include "assess/random.h"

namespace selfheal::assess {
namespace {

constexpr double kEuler = 0.5772156649015329;
/// Every x compares as not greater, so that a finished branch goes left.
constexpr float kNever = std::numeric_limits<float>::infinity();

using RowIndex = std::uint16_t;

/// Draws distinct rows: the first steps of a shuffle, going on from the last
/// one's order.
class Drawer {
 public:
  Drawer(int rows, int sample)
      : order_(static_cast<std::size_t>(rows)),
        drawn_(static_cast<std::size_t>(sample)) {
    std::iota(order_.begin(), order_.end(), 0);
  }

  const std::vector<int>& Draw(Random& random) {
    for (std::size_t i = 0; i < drawn_.size(); ++i) {
      const std::size_t other =
          i + random.Below(static_cast<std::uint32_t>(order_.size() - i));
      std::swap(order_[i], order_[other]);
      drawn_[i] = order_[i];
    }
    return drawn_;
  }

 private:
  std::vector<int> order_;
  std::vector<int> drawn_;
};

struct Range {
  float low, high;
};

Range RangeOf(const float* values, const RowIndex* rows, int count) {
  float low = values[rows[0]];
  float high = low;
  for (int i = 1; i < count; ++i) {
    const float x = values[rows[i]];
    low = x < low ? x : low;
    high = x > high ? x : high;
  }
  return {low, high};
}

/// Stable-free, branchless: rows with value <= threshold first.
int Partition(const float* values, float threshold, RowIndex* rows, int count) {
  std::array<RowIndex, kTreeLeaves> right;
  int lefts = 0;
  int rights = 0;
  for (int i = 0; i < count; ++i) {
    const RowIndex row = rows[i];
    const int goes_right = values[row] > threshold ? 1 : 0;
    rows[lefts] = row;
    right[static_cast<std::size_t>(rights)] = row;
    lefts += 1 - goes_right;
    rights += goes_right;
  }
  std::copy_n(right.begin(), rights, rows + lefts);
  return lefts;
}

const std::array<float, kTreeLeaves + 1>& PathTable() {
  static const auto table = [] {
    std::array<float, kTreeLeaves + 1> paths{};
    for (int n = 0; n <= kTreeLeaves; ++n) {
      paths[static_cast<std::size_t>(n)] = static_cast<float>(AveragePath(n));
    }
    return paths;
  }();
  return table;
}

/// All leaves below `node` get the path of a branch that ends there.
void EndBranch(int node, int depth, int count, float* leaves) {
  const int below = kTreeDepth - depth;
  const int first = ((node + 1) << below) - 1 - kTreeNodes;
  std::fill_n(
      leaves + first, 1 << below,
      static_cast<float>(depth) + PathTable()[static_cast<std::size_t>(count)]);
}

/// A threshold in [low, high) with the bits under `mask` cleared; `high` where
/// the range is too narrow for one.
float DrawThreshold(const Range& range, std::uint32_t mask, Random& random) {
  const float drawn =
      range.low + random.UniformFloat() * (range.high - range.low);
  const auto rounded =
      std::bit_cast<float>(std::bit_cast<std::uint32_t>(drawn) & ~mask);
  if (rounded >= range.low && rounded < range.high) return rounded;
  const auto low =
      std::bit_cast<float>(std::bit_cast<std::uint32_t>(range.low) & ~mask);
  return low >= range.low && low < range.high ? low : range.high;
}

/// One node still to be grown: its rows are rows[first, first + count).
struct Pending {
  int node, depth, first, count;
};

class AxisGrower {
 public:
  AxisGrower(const FeatureRows& sample, std::uint32_t mask, Random& random)
      : sample_(sample),
        mask_(mask),
        random_(random),
        order_(static_cast<std::size_t>(sample.features)) {
    std::iota(order_.begin(), order_.end(), 0);
  }

  void Grow(std::uint32_t* nodes, float* leaves) {
    std::fill_n(nodes, kTreeNodes,
                std::bit_cast<std::uint32_t>(kNever) & ~mask_);
    std::array<RowIndex, kTreeLeaves> rows;
    std::iota(rows.begin(), rows.begin() + sample_.rows, RowIndex{0});
    std::array<Pending, 2 * kTreeDepth> stack;
    int top = 0;
    stack[0] = {0, 0, 0, sample_.rows};
    while (top >= 0) {
      const Pending at = stack[static_cast<std::size_t>(top--)];
      RowIndex* own = rows.data() + at.first;
      float threshold = 0;
      const int feature = at.depth < kTreeDepth && at.count > 1
                              ? ChooseSplit(own, at.count, threshold)
                              : -1;
      if (feature < 0) {
        EndBranch(at.node, at.depth, at.count, leaves);
        continue;
      }
      nodes[at.node] = std::bit_cast<std::uint32_t>(threshold) |
                       static_cast<std::uint32_t>(feature);
      const int left =
          Partition(sample_.Feature(feature), threshold, own, at.count);
      stack[static_cast<std::size_t>(++top)] = {
          2 * at.node + 2, at.depth + 1, at.first + left, at.count - left};
      stack[static_cast<std::size_t>(++top)] = {2 * at.node + 1, at.depth + 1,
                                                at.first, left};
    }
  }

 private:
  /// A random feature that is not constant among the rows, or -1.
  int ChooseSplit(const RowIndex* rows, int count, float& threshold) {
    for (int left = sample_.features; left > 0; --left) {
      const auto pick = random_.Below(static_cast<std::uint32_t>(left));
      std::swap(order_[pick], order_[static_cast<std::size_t>(left - 1)]);
      const int feature = order_[static_cast<std::size_t>(left - 1)];
      const Range range = RangeOf(sample_.Feature(feature), rows, count);
      if (!(range.low < range.high)) continue;
      threshold = DrawThreshold(range, mask_, random_);
      if (threshold < range.high) return feature;
    }
    return -1;
  }

  const FeatureRows& sample_;
  std::uint32_t mask_;
  Random& random_;
  std::vector<int> order_;
};

int InGroups(int rows) {
  return (rows + kRowGroup - 1) / kRowGroup * kRowGroup;
}

/// Copies up to kBlockRows rows from `first` on into `block`.
void LoadBlock(const FeatureRows& rows, int first, float* block) {
  const int count = std::min(kBlockRows, rows.rows - first);
  const int used = InGroups(count);
  for (int f = 0; f < rows.features; ++f) {
    float* to = block + f * kBlockRows;
    std::copy_n(rows.Feature(f) + first, count, to);
    std::fill(to + count, to + used, 0.0F);
  }
}

/// Copies the given rows, at most kBlockRows, into `block`.
void GatherBlock(const FeatureRows& rows, const std::vector<int>& chosen,
                 float* block) {
  for (int f = 0; f < rows.features; ++f) {
    const float* from = rows.Feature(f);
    float* to = block + f * kBlockRows;
    for (std::size_t i = 0; i < chosen.size(); ++i) to[i] = from[chosen[i]];
  }
}

/// Runs `add(block, first row, rows)` over all rows, block by block.
template <typename Add>
void ForEachBlock(const FeatureRows& rows, const Add& add) {
  std::vector<float> block(static_cast<std::size_t>(rows.features) *
                           kBlockRows);
  for (int first = 0; first < rows.rows; first += kBlockRows) {
    LoadBlock(rows, first, block.data());
    add(block.data(), first, std::min(kBlockRows, rows.rows - first));
  }
}

int SampleSize(const FeatureRows& rows, const ForestOptions& options) {
  return std::clamp(options.sample, 1, std::min(rows.rows, kTreeLeaves));
}

/// c(sample), or 1 where a single row leaves nothing to divide by.
double Norm(int sample) { return std::max(AveragePath(sample), 1.0); }

}  // namespace

double AveragePath(int n) {
  if (n <= 1) return 0;
  if (n == 2) return 1;
  return 2 * (std::log(n - 1.0) + kEuler) - 2 * (n - 1.0) / n;
}

IsolationForest::IsolationForest(const FeatureRows& rows,
                                 const ForestOptions& options)
    : trees_(std::max(1, options.trees)),
      feature_mask_(std::bit_ceil(static_cast<std::uint32_t>(rows.features)) -
                    1),
      nodes_(static_cast<std::size_t>(trees_) * kTreeNodes),
      leaves_(static_cast<std::size_t>(trees_) * kTreeLeaves) {
  const int sample = SampleSize(rows, options);
  norm_ = Norm(sample);
  Random random(options.seed);
  Drawer drawer(rows.rows, sample);
  for (int t = 0; t < trees_; ++t) {
    const FeatureRows own = SelectRows(rows, drawer.Draw(random));
    AxisGrower(own, feature_mask_, random)
        .Grow(nodes_.data() + t * kTreeNodes, leaves_.data() + t * kTreeLeaves);
  }
}

std::vector<double> IsolationForest::Score(const FeatureRows& rows,
                                           const Kernels& kernels) const {
  std::vector<double> scores(static_cast<std::size_t>(rows.rows));
  std::array<float, kBlockRows> sums;
  ForEachBlock(rows, [&](const float* block, int first, int count) {
    sums.fill(0);
    for (int t = 0; t < trees_; ++t) {
      kernels.add_axis_paths(nodes_.data() + t * kTreeNodes,
                             leaves_.data() + t * kTreeLeaves, feature_mask_,
                             block, InGroups(count), sums.data());
    }
    for (int i = 0; i < count; ++i) {
      scores[static_cast<std::size_t>(first) + static_cast<std::size_t>(i)] =
          std::exp2(-static_cast<double>(sums[static_cast<std::size_t>(i)]) /
                    (norm_ * trees_));
    }
  });
  return scores;
}

namespace {

/// Grows one tree over values that were projected level by level.
void GrowProjected(const float* projected, int count, float* thresholds,
                   float* leaves, Random& random) {
  std::fill_n(thresholds, kTreeNodes, kNever);
  std::array<RowIndex, kTreeLeaves> rows;
  std::iota(rows.begin(), rows.begin() + count, RowIndex{0});
  std::array<Pending, 2 * kTreeDepth> stack;
  int top = 0;
  stack[0] = {0, 0, 0, count};
  while (top >= 0) {
    const Pending at = stack[static_cast<std::size_t>(top--)];
    if (at.depth == kTreeDepth || at.count < 2) {
      EndBranch(at.node, at.depth, at.count, leaves);
      continue;
    }
    const float* values = projected + at.depth * kBlockRows;
    RowIndex* own = rows.data() + at.first;
    const Range range = RangeOf(values, own, at.count);
    const float threshold = DrawThreshold(range, 0, random);
    if (!(threshold < range.high)) {
      EndBranch(at.node, at.depth, at.count, leaves);
      continue;
    }
    thresholds[at.node] = threshold;
    const int left = Partition(values, threshold, own, at.count);
    stack[static_cast<std::size_t>(++top)] = {2 * at.node + 2, at.depth + 1,
                                              at.first + left, at.count - left};
    stack[static_cast<std::size_t>(++top)] = {2 * at.node + 1, at.depth + 1,
                                              at.first, left};
  }
}

}  // namespace

ObliqueForest::ObliqueForest(const FeatureRows& rows,
                             const ForestOptions& options)
    : trees_(std::max(1, options.trees)),
      features_(rows.features),
      directions_(static_cast<std::size_t>(trees_ * features_) * kTreeDepth),
      thresholds_(static_cast<std::size_t>(trees_) * kTreeNodes),
      leaves_(static_cast<std::size_t>(trees_) * kTreeLeaves) {
  const int sample = SampleSize(rows, options);
  norm_ = Norm(sample);
  Random random(options.seed);
  for (float& direction : directions_) {
    direction = random.NormalFloat();
  }
  std::vector<float> block(static_cast<std::size_t>(features_) * kBlockRows);
  std::vector<float> projected(kTreeDepth * kBlockRows);
  Drawer drawer(rows.rows, sample);
  for (int t = 0; t < trees_; ++t) {
    GatherBlock(rows, drawer.Draw(random), block.data());
    ActiveKernels().project(directions_.data() + t * kTreeDepth * features_,
                            block.data(), InGroups(sample), features_,
                            projected.data());
    GrowProjected(projected.data(), sample, thresholds_.data() + t * kTreeNodes,
                  leaves_.data() + t * kTreeLeaves, random);
  }
}

std::vector<double> ObliqueForest::Score(const FeatureRows& rows,
                                         std::vector<double>* spread,
                                         const Kernels& kernels) const {
  std::vector<double> scores(static_cast<std::size_t>(rows.rows));
  if (spread != nullptr) spread->assign(scores.size(), 0);
  std::vector<float> projected(kTreeDepth * kBlockRows);
  std::array<std::array<float, kBlockRows>, kGroups> sums;
  ForEachBlock(rows, [&](const float* block, int first, int count) {
    for (auto& group : sums) group.fill(0);
    for (int t = 0; t < trees_; ++t) {
      kernels.project(directions_.data() + t * kTreeDepth * features_, block,
                      InGroups(count), features_, projected.data());
      kernels.add_projected_paths(
          thresholds_.data() + t * kTreeNodes, leaves_.data() + t * kTreeLeaves,
          projected.data(), InGroups(count),
          sums[static_cast<std::size_t>(t % kGroups)].data());
    }
    for (int i = 0; i < count; ++i) {
      double total = 0;
      double squares = 0;
      for (const auto& group : sums) {
        const double sum = group[static_cast<std::size_t>(i)];
        total += sum;
        squares += sum * sum;
      }
      const auto row =
          static_cast<std::size_t>(first) + static_cast<std::size_t>(i);
      scores[row] = std::exp2(-total / (norm_ * trees_));
      if (spread == nullptr) continue;
      const double mean = total / kGroups;
      const double variance = std::max(0.0, squares / kGroups - mean * mean);
      (*spread)[row] = std::sqrt(variance * kGroups) / (norm_ * trees_);
    }
  });
  return scores;
}

}  // namespace selfheal::assess
