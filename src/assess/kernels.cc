#include "assess/kernels.h"

#include <bit>

namespace selfheal::assess {
namespace {

#include "assess/kernels_body.h"

void AddAxisPaths(const std::uint32_t* nodes, const float* leaves,
                  std::uint32_t feature_mask, const float* block, int rows,
                  float* sums) {
  for (int i = 0; i < rows; ++i) {
    std::uint32_t at = 0;
    for (int level = 0; level < kTreeDepth; ++level) {
      const std::uint32_t node = nodes[at];
      const auto threshold = std::bit_cast<float>(node & ~feature_mask);
      const float x = block[((node & feature_mask) << kBlockShift) +
                            static_cast<std::uint32_t>(i)];
      at = 2 * at + 1 + static_cast<std::uint32_t>(x > threshold);
    }
    sums[i] += leaves[at - kTreeNodes];
  }
}

void AddProjectedPaths(const float* thresholds, const float* leaves,
                       const float* projected, int rows, float* sums) {
  for (int i = 0; i < rows; ++i) {
    std::uint32_t at = 0;
    for (int level = 0; level < kTreeDepth; ++level) {
      const float x = projected[level * kBlockRows + i];
      at = 2 * at + 1 + static_cast<std::uint32_t>(x > thresholds[at]);
    }
    sums[i] += leaves[at - kTreeNodes];
  }
}

bool HasAvx2() {
#if defined(__x86_64__)
  return __builtin_cpu_supports("avx2") != 0;
#else
  return false;
#endif
}

}  // namespace

const Kernels& PortableKernels() {
  static const Kernels kernels{AddAxisPaths, Project, AddProjectedPaths,
                               Distances};
  return kernels;
}

const Kernels& ActiveKernels() {
  static const Kernels& kernels = Avx2Kernels() != nullptr && HasAvx2()
                                      ? *Avx2Kernels()
                                      : PortableKernels();
  return kernels;
}

}  // namespace selfheal::assess
