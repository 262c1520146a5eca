#include "assess/nearest.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>

#include "assess/kernels.h"

namespace selfheal::assess {
namespace {

std::vector<int> EvenlySpread(int rows, int limit) {
  const int kept = std::min(rows, std::max(1, limit));
  std::vector<int> chosen(static_cast<std::size_t>(kept));
  for (int i = 0; i < kept; ++i) {
    chosen[static_cast<std::size_t>(i)] =
        static_cast<int>(static_cast<long long>(i) * rows / kept);
  }
  return chosen;
}

/// The k smallest values seen so far, ascending.
class Smallest {
 public:
  explicit Smallest(int k)
      : values_(static_cast<std::size_t>(k),
                std::numeric_limits<float>::max()) {}

  void Clear() {
    std::fill(values_.begin(), values_.end(),
              std::numeric_limits<float>::max());
  }
  void Scan(const float* values, int first, int last) {
    for (int i = first; i < last; ++i) {
      if (values[i] < values_.back()) Insert(values[i]);
    }
  }
  float Largest() const { return values_.back(); }

 private:
  void Insert(float value) {
    std::size_t at = values_.size() - 1;
    for (; at > 0 && values_[at - 1] > value; --at) {
      values_[at] = values_[at - 1];
    }
    values_[at] = value;
  }

  std::vector<float> values_;
};

}  // namespace

NearestRows::NearestRows(const FeatureRows& rows, int limit, int neighbour)
    : kept_(0, rows.features),
      origin_(EvenlySpread(rows.rows, limit)),
      neighbour_(neighbour) {
  kept_ = SelectRows(rows, origin_);
}

std::vector<double> NearestRows::Score(const FeatureRows& queries,
                                       int skip_first, int skip_last) const {
  const auto skip = [this](int row) {
    return static_cast<int>(
        std::lower_bound(origin_.begin(), origin_.end(), row) -
        origin_.begin());
  };
  const int hole_first = skip(skip_first);
  const int hole_last = std::max(hole_first, skip(skip_last));
  const int counted = kept_.rows - (hole_last - hole_first);
  Smallest smallest(std::clamp(neighbour_, 1, std::max(1, counted)));
  std::vector<float> query(static_cast<std::size_t>(queries.features));
  std::vector<float> distances(static_cast<std::size_t>(kept_.stride));
  std::vector<double> scores(static_cast<std::size_t>(queries.rows));
  for (int i = 0; i < queries.rows; ++i) {
    for (int f = 0; f < queries.features; ++f) {
      query[static_cast<std::size_t>(f)] = queries.Feature(f)[i];
    }
    ActiveKernels().distances(query.data(), kept_.values.data(), kept_.stride,
                              kept_.features, kept_.stride, distances.data());
    smallest.Clear();
    smallest.Scan(distances.data(), 0, hole_first);
    smallest.Scan(distances.data(), hole_last, kept_.rows);
    scores[static_cast<std::size_t>(i)] =
        counted > 0 ? std::sqrt(static_cast<double>(smallest.Largest())) : 0;
  }
  return scores;
}

}  // namespace selfheal::assess
