#pragma once

#include "collect/collector.h"
#include "core/cluster.h"
#include "core/evidence.h"
#include "core/object.h"
#include "core/result.h"
#include "core/rule.h"
#include "execute/steps.h"

namespace selfheal {

/// The causes that any step of the runbook asks for, each once.
std::vector<Cause> CausesOf(const Runbook& runbook);

/// The same for the runbook of `rule`; none where it has none.
std::vector<Cause> CausesAsked(const RuleSet& rules, const Rule& rule);

/// What the cause on which `step` is taken points at.
Suspects SuspectsOf(const RunbookStep& step, const Assessment& assessment,
                    const EvidenceWindow& evidence);

/// Why no step of the runbook fits: what each cause that it asks for lacks, as
/// ": why; why", or "".
std::string WhyNot(const Runbook& runbook, const EvidenceWindow& evidence);

/// Looks at each living pod of `target` alone, at the moment of `evidence`,
/// and adds what they show to it. What is not there, or too much, is said in
/// `evidence.pods_problem`.
///
/// @error  the source or the cluster did not answer: ask again later.
Result<void> AddPods(ClusterView& cluster, const Collector& collector,
                     const Rule& rule, const ObjectRef& target,
                     EvidenceWindow& evidence);

}  // namespace selfheal
