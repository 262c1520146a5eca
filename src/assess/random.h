#pragma once

#include <bit>
#include <cmath>
#include <cstdint>

namespace selfheal::assess {

/// A small deterministic generator (splitmix64): the same seed gives the same
/// numbers on every machine and compiler.
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}

  std::uint64_t Next() {
    std::uint64_t z = (state_ += 0x9e3779b97f4a7c15ULL);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
    return z ^ (z >> 31);
  }

  /// Uniform in [0, 1).
  double Uniform() { return static_cast<double>(Next() >> 11) * 0x1.0p-53; }

  /// Uniform in [0, 1), 24 bits, for single precision.
  float UniformFloat() { return static_cast<float>(Next() >> 40) * 0x1.0p-24F; }

  /// Uniform in [0, n); precondition: 0 < n < 2^32.
  std::uint32_t Below(std::uint32_t n) {
    return static_cast<std::uint32_t>(((Next() >> 32) * n) >> 32);
  }

  /// Nearly standard normal: the sum of four uniforms of 16 bits.
  float NormalFloat() {
    const std::uint64_t bits = Next();
    const auto sum = static_cast<int>((bits & 0xffff) + (bits >> 16 & 0xffff) +
                                      (bits >> 32 & 0xffff) + (bits >> 48));
    // Variance of the sum: 4 * 2^32 / 12.
    return static_cast<float>(sum - 131070) * (1.0F / 37837.2F);
  }

  /// Standard normal (Marsaglia's polar method).
  double Normal() {
    for (;;) {
      const double u = 2 * Uniform() - 1;
      const double v = 2 * Uniform() - 1;
      const double s = u * u + v * v;
      if (s > 0 && s < 1) return u * std::sqrt(-2 * std::log(s) / s);
    }
  }

 private:
  std::uint64_t state_;
};

}  // namespace selfheal::assess
