#pragma once

#include <string>
#include <string_view>

namespace selfheal {

/// Why `next` would let a pod do more on its node or in its cluster than
/// `now` does, or "": another service account or security context, or more of
/// the host (path, network, processes, ports). Both are pod templates as JSON
/// without white space; what can't be read counts as more. Pure.
std::string WideningBy(std::string_view now, std::string_view next);

}  // namespace selfheal
