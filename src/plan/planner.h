#pragma once

#include <string>

#include "core/digest.h"
#include "core/incident.h"
#include "core/plan.h"
#include "core/result.h"
#include "core/rule.h"

namespace selfheal {

/// The runbook that a confirmed incident of `rule` calls for.
///
/// @error kNotFound  the set has no such runbook, or it has no steps left.
Result<const Runbook*> ChooseRunbook(const RuleSet& set, const Rule& rule,
                                     int step);

/// Everything that a person would approve, as canonical text: runbook digest,
/// target and uid, generation, the step with its parameters and absolute
/// values, and all steps of the runbook. Not in it: resourceVersions,
/// timestamps, the canary's name.
std::string CanonicalPlan(const Plan& plan);

/// The plan of one step with its hash.
Plan MakePlan(const Incident& incident, const Runbook& runbook, int step,
              PlannedChange change, Time now, const Digester& digest);

}  // namespace selfheal
