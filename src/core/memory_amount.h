#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace selfheal {

/// The bytes of a Kubernetes quantity of memory: "384Mi", "1.5G", "128974848".
/// Empty where it is none, or more than can be.
std::optional<long long> ParseMemory(std::string_view text);

/// `bytes` rounded up to whole MiB, as Kubernetes writes them: "384Mi".
std::string MemoryText(long long bytes);

}  // namespace selfheal
