#pragma once

#include <string>

#include "core/rule.h"

namespace selfheal::yaml {

/// Why the evidence of `rule` can't decide `cause`, or "".
std::string CauseProblem(const Rule& rule, Cause cause);

/// Why the evidence of `rule` can't show that its target was calm for `span`
/// and has room for fewer replicas, or "".
std::string CalmProblem(const Rule& rule, seconds span);

}  // namespace selfheal::yaml
