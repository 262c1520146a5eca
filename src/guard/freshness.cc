#include "core/duration.h"
#include "guard/guards.h"

namespace selfheal::guard {
namespace {

/// How far the clock of another program may be ahead of ours.
constexpr seconds kSkew{30};

}  // namespace

Finding GuardFreshness(const GuardInput& input) {
  if (input.undo()) return Allow("an undo needs no new evidence");
  const EvidenceWindow* evidence = input.request.evidence;
  const Rule* rule = input.request.rule;
  if (evidence == nullptr || rule == nullptr) return Deny("no evidence");
  if (!evidence->problems.empty()) {
    return Deny("the evidence is insufficient: " + evidence->problems.front());
  }
  bool measured = false;
  for (const MetricWindow& metric : evidence->metrics) {
    if (metric.problem.empty()) {
      measured = true;
    } else if (!metric.optional) {
      return Deny("the evidence is insufficient: " + metric.name + ": " +
                  metric.problem);
    }
  }
  if (!measured) return Deny("the evidence is insufficient: nothing measured");
  const Duration limit =
      rule->step *
      static_cast<long long>(input.policy.guards.max_evidence_age_steps);
  const Duration age = input.now - evidence->at;
  if (age < -kSkew) return Deny("the evidence is from the future");
  const std::string reason =
      "the evidence is " + FormatDuration(age < Duration{} ? Duration{} : age) +
      " old, at most " + FormatDuration(limit) + " is fresh";
  return age > limit ? Deny(reason) : Allow(reason);
}

}  // namespace selfheal::guard
