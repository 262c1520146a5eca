#include "guard/guard_chain.h"

#include <algorithm>
#include <array>
#include <exception>
#include <string>

namespace selfheal::guard {
namespace {

/// How long after the check the request may still be sent.
constexpr seconds kPermitLifetime{10};

constexpr std::array<GuardEntry, 31> kGuards = {{
    {"kill_switch", GuardKillSwitch},
    {"clock", GuardClock},
    {"namespaces", GuardNamespaces},
    {"rights", GuardRights},
    {"protected", GuardProtected},
    {"opt_out", GuardOptOut},
    {"plan", GuardPlan},
    {"identity", GuardIdentity},
    {"confirmation", GuardConfirmation},
    {"freshness", GuardFreshness},
    {"blind", GuardBlind},
    {"storm", GuardStorm},
    {"breaker", GuardBreaker},
    {"in_flight", GuardInFlight},
    {"cooldown", GuardCooldown},
    {"restarts", GuardRestarts},
    {"rate", GuardRate},
    {"same_runbook", GuardSameRunbook},
    {"scale_limits", GuardScaleLimits},
    {"availability", GuardAvailability},
    {"rollout", GuardRollout},
    {"revisions", GuardRevisions},
    {"memory_limits", GuardMemoryLimits},
    {"gitops", GuardGitOps},
    {"node_evidence", GuardNodeEvidence},
    {"node_limits", GuardNodeLimits},
    {"node_pace", GuardNodePace},
    {"node_room", GuardNodeRoom},
    {"node_holds", GuardNodeHolds},
    {"root_node", GuardRootNode},
    {"approval", GuardApproval},
}};

Finding Ask(const GuardEntry& guard, const GuardInput& input) {
  Finding finding;
  try {
    finding = guard.function(input);
  } catch (const std::exception& error) {
    finding = Deny(std::string("the guard failed: ") + error.what());
  } catch (...) {
    finding = Deny("the guard failed");
  }
  finding.guard = guard.name;
  return finding;
}

}  // namespace

std::span<const GuardEntry> AllGuards() { return kGuards; }

Verdict Combine(std::vector<Finding> findings, Time now) {
  Verdict verdict{.outcome = FindingOutcome::kAllow,
                  .findings = std::move(findings),
                  .retry_at = std::nullopt,
                  .at = now};
  if (verdict.findings.empty()) verdict.outcome = FindingOutcome::kDeny;
  bool only_waits = true;
  for (const Finding& finding : verdict.findings) {
    verdict.outcome = std::max(verdict.outcome, finding.outcome);
    if (finding.outcome != FindingOutcome::kDeny) continue;
    only_waits = only_waits && finding.retry_at.has_value();
    verdict.retry_at = std::max(verdict.retry_at, finding.retry_at);
  }
  if (!only_waits) verdict.retry_at.reset();
  return verdict;
}

Facts GuardChain::GatherOrFail(const GuardRequest& request, Time now) {
  try {
    return Gather(sources_, request.purpose, request.mutation, now);
  } catch (...) {
    return Facts{};
  }
}

Verdict GuardChain::Judge(const GuardInput& input) const {
  std::vector<Finding> findings;
  findings.reserve(table_.size());
  for (const GuardEntry& guard : table_) findings.push_back(Ask(guard, input));
  return Combine(std::move(findings), input.now);
}

void GuardChain::TripOnStorm(const GuardInput& input, Verdict& verdict) {
  if (input.undo() || !input.facts.history.ok()) return;
  const auto& storm = policy_.guards.storm;
  const SafetyState& history = *input.facts.history;
  auto cause = StormCause(storm, input.facts.surroundings, history, input.now);
  if (!cause) return;
  const BreakerRow row =
      StormBreaker(storm, history, *std::move(cause), input.now);
  const Result<void> opened =
      sources_.history.SetBreaker({row.scope, row, "storm"});
  if (opened.ok()) return;
  for (Finding& finding : verdict.findings) {
    if (finding.guard == "storm") {
      finding.reason +=
          "; the breaker could not be opened: " + opened.error().message;
    }
  }
}

Verdict GuardChain::Preview(const GuardRequest& request) {
  const Time now = clock_.Now();
  const Facts facts = GatherOrFail(request, now);
  return Judge({policy_, request, facts, now});
}

GuardResult GuardChain::Check(const GuardRequest& request) {
  // Taken before the reads, so that no fact is older than it says.
  const Time now = clock_.Now();
  const Facts facts = GatherOrFail(request, now);
  const GuardInput input{policy_, request, facts, now};
  GuardResult result{Judge(input), std::nullopt, PeopleAsked(input)};
  TripOnStorm(input, result.verdict);
  const bool may_act = policy_.enabled && !policy_.dry_run;
  if (result.verdict.outcome != FindingOutcome::kAllow || !may_act) {
    return result;
  }
  MutationPurpose purpose = request.purpose;
  purpose.needs_approval = purpose.first_of_action && result.people > 0;
  result.permit.emplace(Permit(std::move(purpose), request.mutation,
                               request.request,
                               BudgetsOf(policy_.guards, request.runbook),
                               result.verdict, now, now + kPermitLifetime));
  return result;
}

}  // namespace selfheal::guard
