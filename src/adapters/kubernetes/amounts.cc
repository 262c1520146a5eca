#include "adapters/kubernetes/amounts.h"

#include <algorithm>
#include <cmath>

#include "core/byte_size.h"

namespace selfheal::kubernetes {
namespace {

/// No quantity that we sum comes near it.
constexpr double kMost = 1e18;

/// The amount in units of `unit`, rounded up; 0 where it is not written.
long long Read(const FieldReader& amounts, std::string_view key, double unit) {
  const std::string text = amounts.String(key);
  if (text.empty()) return 0;
  const auto value = ParseQuantity(text);
  if (!value || *value < 0 || *value / unit > kMost) {
    amounts.Fail(key, "expected a quantity");
    return 0;
  }
  return static_cast<long long>(std::ceil(*value / unit - 1e-9));
}

Amounts AmountsOf(const FieldReader& amounts) {
  return {
      .cpu_millis = Read(amounts, "cpu", 1e-3),
      .memory_bytes = Read(amounts, "memory", 1),
      .pods = static_cast<int>(std::min(Read(amounts, "pods", 1), 1000000LL))};
}

}  // namespace

Amounts RequestsOf(const FieldReader& pod_spec) {
  Amounts sum;
  for (const FieldReader& container : pod_spec.Objects("containers")) {
    const Amounts one =
        AmountsOf(container.Object("resources").Object("requests"));
    sum.cpu_millis += one.cpu_millis;
    sum.memory_bytes += one.memory_bytes;
  }
  for (const FieldReader& init : pod_spec.Objects("initContainers")) {
    const Amounts one = AmountsOf(init.Object("resources").Object("requests"));
    sum.cpu_millis = std::max(sum.cpu_millis, one.cpu_millis);
    sum.memory_bytes = std::max(sum.memory_bytes, one.memory_bytes);
  }
  sum.pods = 1;
  return sum;
}

Amounts AllocatableOf(const FieldReader& node_status) {
  return AmountsOf(node_status.Object("allocatable"));
}

}  // namespace selfheal::kubernetes
