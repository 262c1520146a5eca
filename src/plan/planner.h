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

/// The step from `first` on that is taken next: one without `when`, or one for
/// which a cause that it asks for is among `causes`.
///
/// @error kNotFound  none is.
Result<int> ChooseStep(const Runbook& runbook, int first,
                       const std::vector<CauseFinding>& causes);

/// The finding on which `step` is taken; null where it is taken always.
const CauseFinding* FindingFor(const RunbookStep& step,
                               const std::vector<CauseFinding>& causes);

/// Everything that a person would approve, as canonical text: runbook digest,
/// target and uid, generation, the step with its parameters and absolute
/// values, and all steps of the runbook. Not in it: resourceVersions,
/// timestamps, the canary's name.
std::string CanonicalPlan(const Plan& plan);

/// The plan of one step with its hash.
Plan MakePlan(const Incident& incident, const Runbook& runbook, int step,
              PlannedChange change, Time now, const Digester& digest);

}  // namespace selfheal
