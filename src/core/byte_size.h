#pragma once

#include <optional>
#include <string_view>

namespace selfheal {

/// The bytes that a quantity of Kubernetes means: "384Mi", "10Gi", "1500M",
/// "1e9", "0.5Gi"; rounded up. Nothing where it is no amount of bytes.
std::optional<long long> ParseByteSize(std::string_view text);

}  // namespace selfheal
