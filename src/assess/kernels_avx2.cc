#include "assess/kernels.h"

#if defined(__AVX2__)

// Before any function: a fused product and sum would round differently from
// the portable kernels.
#pragma GCC optimize("fp-contract=off")

#include <immintrin.h>

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

constexpr int kStreams = 4;  // Hides the latency of the gathers.

void AddAxisPaths(const std::uint32_t* nodes, const float* leaves,
                  std::uint32_t feature_mask, const float* block, int rows,
                  float* sums) {
  const __m256i mask = _mm256_set1_epi32(static_cast<int>(feature_mask));
  const auto* words = reinterpret_cast<const int*>(nodes);
  const __m256i lanes = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
  for (int i = 0; i < rows; i += kStreams * kWide) {
    __m256i at[kStreams];
    __m256i row[kStreams];
    for (int s = 0; s < kStreams; ++s) {
      at[s] = _mm256_setzero_si256();
      row[s] = _mm256_add_epi32(lanes, _mm256_set1_epi32(i + s * kWide));
    }
    for (int level = 0; level < kTreeDepth; ++level) {
      for (int s = 0; s < kStreams; ++s) {
        const __m256i node = _mm256_i32gather_epi32(words, at[s], 4);
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
