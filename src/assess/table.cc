#include "assess/table.h"

namespace selfheal::assess {

FeatureRows SelectRows(const FeatureRows& from, const std::vector<int>& rows) {
  FeatureRows to(static_cast<int>(rows.size()), from.features);
  for (int f = 0; f < from.features; ++f) {
    const float* source = from.Feature(f);
    float* target = to.Feature(f);
    for (std::size_t i = 0; i < rows.size(); ++i) target[i] = source[rows[i]];
  }
  return to;
}

}  // namespace selfheal::assess
