#include "assess/deviation.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

#include "assess/robust.h"

namespace selfheal::assess {
namespace {

constexpr double kLeastShare = 0.05;
constexpr double kTiny = 1e-9;

}  // namespace

std::vector<double> Newest(const std::vector<double>& values,
                           std::size_t count) {
  const std::size_t first = values.size() - std::min(values.size(), count);
  std::vector<double> out;
  for (std::size_t i = first; i < values.size(); ++i) {
    if (std::isfinite(values[i])) out.push_back(values[i]);
  }
  return out;
}

double BadDeviation(double now, const std::vector<double>& sample,
                    BadDirection bad, double floor) {
  Robust usual = RobustOf(sample);
  usual.scale = std::max(
      {usual.scale, kLeastShare * std::abs(usual.center), floor, kTiny});
  const double z = usual.Z(now);
  switch (bad) {
    case BadDirection::kRises:
      return z;
    case BadDirection::kFalls:
      return -z;
    case BadDirection::kEither:
      return std::abs(z);
  }
  return std::abs(z);
}

std::string Rounded(double value) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.1f", value);
  return text.data();
}

}  // namespace selfheal::assess
