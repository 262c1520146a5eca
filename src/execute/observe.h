#pragma once

#include <optional>
#include <string>

#include "core/cluster.h"
#include "core/mutation.h"

namespace selfheal {

/// What the object itself says about a request whose reply is not known.
enum class Observed {
  kApplied,     ///< The desired state, or our annotation, stands.
  kNotApplied,  ///< resourceVersion is still the intent's: provably not.
  kDiverged,    ///< Neither: only a person can tell.
};

/// Decides from one live read. Pure. Never a reason to refresh a precondition.
///
/// @param live  the object; empty = it is gone (404).
/// Source: the execution protocol's resolution of UNKNOWN.
Observed Observe(const Mutation& mutation,
                 const std::optional<ClusterObject>& live, std::string* why);

}  // namespace selfheal
