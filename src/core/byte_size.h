#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace selfheal {

/// A quantity as Kubernetes writes it ("250m", "64Mi", "1e3") as a number.
std::optional<double> ParseQuantity(std::string_view text);

/// The bytes that a quantity of Kubernetes means: "384Mi", "10Gi", "1500M",
/// "1e9", "0.5Gi"; rounded up. Nothing where it is no amount of bytes.
std::optional<long long> ParseByteSize(std::string_view text);

/// `bytes` rounded up to whole MiB, as Kubernetes writes them: "384Mi".
std::string MemoryText(long long bytes);

}  // namespace selfheal
