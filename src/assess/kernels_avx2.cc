#include "assess/kernels.h"

#if defined(__AVX2__)

// Before any function: a fused product and sum would round differently from
// the portable kernels.
#pragma GCC optimize("fp-contract=off")

#include <immintrin.h>

#include <bit>

namespace selfheal::assess {
namespace {

#include "assess/kernels_body.h"

/// One level down for eight rows: 2 * at + 1, and 1 more where x > threshold.
inline __m256i Descend(__m256i at, __m256 x, __m256 threshold) {
  const __m256i right =
      _mm256_castps_si256(_mm256_cmp_ps(x, threshold, _CMP_GT_OQ));
  const __m256i left =
      _mm256_add_epi32(_mm256_add_epi32(at, at), _mm256_set1_epi32(1));
  return _mm256_sub_epi32(left, right);
}

inline void AddLeaves(const float* leaves, __m256i at, float* sums) {
  const __m256i leaf = _mm256_sub_epi32(at, _mm256_set1_epi32(kTreeNodes));
  const __m256 path = _mm256_i32gather_ps(leaves, leaf, 4);
  _mm256_storeu_ps(sums, _mm256_add_ps(_mm256_loadu_ps(sums), path));
}

/// words[at], where `at` is one of the sixteen from `first` on: cheaper than a
/// gather.
inline __m256i OneOfSixteen(const int* words, int first, __m256i at) {
  const __m256i index = _mm256_sub_epi32(at, _mm256_set1_epi32(first));
  const auto* from = reinterpret_cast<const __m256i*>(words + first);
  const __m256i low =
      _mm256_permutevar8x32_epi32(_mm256_loadu_si256(from), index);
  const __m256i high =
      _mm256_permutevar8x32_epi32(_mm256_loadu_si256(from + 1), index);
  const __m256i upper = _mm256_slli_epi32(index, 28);  // Bit 3 is the sign.
  return _mm256_castps_si256(_mm256_blendv_ps(_mm256_castsi256_ps(low),
                                              _mm256_castsi256_ps(high),
                                              _mm256_castsi256_ps(upper)));
}

constexpr int kStreams = 4;  // Hides the latency of the gathers.

/// The first levels of an axis-parallel tree. Their few nodes are compared by
/// loading each node's feature for eight rows and blending along the path,
/// which is cheaper than gathering.
class Crown {
 public:
  static constexpr int kLevels = 4;
  static constexpr int kNodes = (1 << kLevels) - 1;

  Crown(const std::uint32_t* nodes, std::uint32_t feature_mask) {
    for (int n = 0; n < kNodes; ++n) {
      feature_[n] = (nodes[n] & feature_mask) << kBlockShift;
      threshold_[n] = std::bit_cast<float>(nodes[n] & ~feature_mask);
    }
    for (int n = 0; n < kWide; ++n) last_[n] = threshold_[kNodes - kWide + n];
  }

  /// Where the eight rows from `block` on stand after kLevels.
  __m256i Descended(const float* block) const {
    const __m256 first = Greater(X(block, 0), T(0));
    const __m256 second =
        Greater(_mm256_blendv_ps(X(block, 1), X(block, 2), first),
                _mm256_blendv_ps(T(1), T(2), first));
    const __m256 third = Greater(
        _mm256_blendv_ps(Pair(block, 3, second), Pair(block, 5, second), first),
        _mm256_blendv_ps(_mm256_blendv_ps(T(3), T(4), second),
                         _mm256_blendv_ps(T(5), T(6), second), first));
    const __m256 left =
        _mm256_blendv_ps(Pair(block, 7, third), Pair(block, 9, third), second);
    const __m256 right = _mm256_blendv_ps(Pair(block, 11, third),
                                          Pair(block, 13, third), second);
    const __m256i child = _mm256_or_si256(
        _mm256_or_si256(Bit(first, 4), Bit(second, 2)), Bit(third, 1));
    const __m256 threshold =
        _mm256_permutevar8x32_ps(_mm256_load_ps(last_), child);
    return Descend(_mm256_add_epi32(child, _mm256_set1_epi32(kNodes - kWide)),
                   _mm256_blendv_ps(left, right, first), threshold);
  }

 private:
  __m256 X(const float* block, int node) const {
    return _mm256_loadu_ps(block + feature_[node]);
  }
  __m256 T(int node) const { return _mm256_broadcast_ss(threshold_ + node); }
  __m256 Pair(const float* block, int node, __m256 right) const {
    return _mm256_blendv_ps(X(block, node), X(block, node + 1), right);
  }
  static __m256 Greater(__m256 x, __m256 threshold) {
    return _mm256_cmp_ps(x, threshold, _CMP_GT_OQ);
  }
  static __m256i Bit(__m256 chosen, int value) {
    return _mm256_and_si256(_mm256_castps_si256(chosen),
                            _mm256_set1_epi32(value));
  }

  std::uint32_t feature_[kNodes];
  float threshold_[kNodes];
  alignas(32) float last_[kWide];
};

void AddAxisPaths(const std::uint32_t* nodes, const float* leaves,
                  std::uint32_t feature_mask, const float* block, int rows,
                  float* sums) {
  const __m256i mask = _mm256_set1_epi32(static_cast<int>(feature_mask));
  const auto* words = reinterpret_cast<const int*>(nodes);
  const __m256i lanes = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
  const Crown crown(nodes, feature_mask);
  for (int i = 0; i < rows; i += kStreams * kWide) {
    __m256i at[kStreams];
    __m256i row[kStreams];
    for (int s = 0; s < kStreams; ++s) {
      at[s] = crown.Descended(block + i + s * kWide);
      row[s] = _mm256_add_epi32(lanes, _mm256_set1_epi32(i + s * kWide));
    }
    for (int level = Crown::kLevels; level < kTreeDepth; ++level) {
      for (int s = 0; s < kStreams; ++s) {
        const __m256i node = level == Crown::kLevels
                                 ? OneOfSixteen(words, Crown::kNodes, at[s])
                                 : _mm256_i32gather_epi32(words, at[s], 4);
        const __m256i feature = _mm256_and_si256(node, mask);
        const __m256 threshold =
            _mm256_castsi256_ps(_mm256_andnot_si256(mask, node));
        const __m256i offset =
            _mm256_add_epi32(_mm256_slli_epi32(feature, kBlockShift), row[s]);
        at[s] =
            Descend(at[s], _mm256_i32gather_ps(block, offset, 4), threshold);
      }
    }
    for (int s = 0; s < kStreams; ++s) {
      AddLeaves(leaves, at[s], sums + i + s * kWide);
    }
  }
}

void AddProjectedPaths(const float* thresholds, const float* leaves,
                       const float* projected, int rows, float* sums) {
  for (int i = 0; i < rows; i += kStreams * kWide) {
    __m256i at[kStreams];
    for (int s = 0; s < kStreams; ++s) at[s] = _mm256_setzero_si256();
    for (int level = 0; level < kTreeDepth; ++level) {
      const float* x = projected + level * kBlockRows + i;
      for (int s = 0; s < kStreams; ++s) {
        at[s] = Descend(at[s], _mm256_loadu_ps(x + s * kWide),
                        _mm256_i32gather_ps(thresholds, at[s], 4));
      }
    }
    for (int s = 0; s < kStreams; ++s) {
      AddLeaves(leaves, at[s], sums + i + s * kWide);
    }
  }
}

}  // namespace

const Kernels* Avx2Kernels() {
  static const Kernels kernels{AddAxisPaths, Project, AddProjectedPaths,
                               Distances};
  return &kernels;
}

}  // namespace selfheal::assess

#else

namespace selfheal::assess {

const Kernels* Avx2Kernels() { return nullptr; }

}  // namespace selfheal::assess

#endif
