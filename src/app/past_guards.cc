#include "app/past_guards.h"

#include <algorithm>
#include <array>

#include "guard/guard_chain.h"
#include "guard/guards.h"

namespace selfheal {
namespace {

using guard::GuardEntry;

/// The others look at labels, neighbours or the exact write, as they are now.
constexpr std::array<std::string_view, 11> kAsked = {
    "namespaces",   "protected", "storm",    "breaker",
    "in_flight",    "cooldown",  "restarts", "rate",
    "same_runbook", "node_pace", "approval"};

constexpr std::chrono::hours kDay{24};
constexpr std::chrono::minutes kEpisodesFor{10};

std::vector<GuardEntry> Asked() {
  std::vector<GuardEntry> entries;
  for (const GuardEntry& entry : guard::AllGuards()) {
    if (std::find(kAsked.begin(), kAsked.end(), entry.name) != kAsked.end()) {
      entries.push_back(entry);
    }
  }
  SELFHEAL_CHECK(entries.size() == kAsked.size());
  return entries;
}

/// What is written is not known without the cluster; these guards look at
/// whose it is alone.
Mutation WriteTo(const ObjectRef& target) {
  if (target.kind == ObjectKind::kNode) {
    return SetUnschedulable{.node = target,
                            .uid = "",
                            .resource_version = "",
                            .unschedulable = true,
                            .action_id = ""};
  }
  return SetRestartedAt{.workload = target,
                        .uid = "",
                        .resource_version = "",
                        .restarted_at = "",
                        .action_id = ""};
}

ClusterObject Bare(const ObjectRef& ref) {
  ClusterObject object;
  object.ref = ref;
  if (ref.kind == ObjectKind::kNode) object.state = NodeState{};
  return object;
}

guard::Facts FactsOf(const ObjectRef& target, const SafetyState& history,
                     Time now) {
  guard::Facts facts;
  facts.target = facts.object = facts.workload = Bare(target);
  facts.ns = Bare({ObjectKind::kNamespace, "", target.ns});
  facts.node_pods = std::vector<ClusterObject>();
  facts.history = history;
  facts.surroundings.looked_at = now;
  return facts;
}

Incident IncidentOf(const PastEpisode& episode, Time now) {
  Incident incident;
  incident.type = episode.rule->type;
  incident.rule = episode.rule->name;
  incident.target = episode.target;
  incident.opened_at = now;
  return incident;
}

Plan PlanOf(const PastEpisode& episode) {
  Plan plan;
  plan.runbook = episode.runbook->name;
  plan.risk = episode.runbook->risk;
  plan.steps = episode.runbook->steps;
  plan.step = static_cast<int>(episode.step - episode.runbook->steps.data());
  plan.target = episode.target;
  plan.change.object = episode.target;
  return plan;
}

MutationPurpose PurposeOf(const PastEpisode& episode) {
  MutationPurpose purpose;
  purpose.kind = KindOf(episode.step->action);
  purpose.target = episode.target;
  purpose.runbook = episode.runbook->name;
  return purpose;
}

}  // namespace

Time VerifiedBy(const RunbookStep& step, Time now) {
  return now + step.settle + step.verify_within;
}

PastGuards::PastGuards(const Config& config)
    : policy_(guard::PolicyOf(config, "", "")) {}

std::vector<std::string> PastGuards::Names() {
  std::vector<std::string> names;
  for (const GuardEntry& entry : Asked()) names.emplace_back(entry.name);
  return names;
}

void PastGuards::Forget(Time now) {
  std::erase_if(history_.actions, [&](const ActionRow& row) {
    return row.started_at < now - kDay;
  });
  std::erase_if(history_.episodes, [&](const EpisodeRow& row) {
    return row.starts_at < now - kEpisodesFor;
  });
  std::erase_if(history_.breakers, [&](const BreakerRow& row) {
    return row.closes_at && *row.closes_at <= now;
  });
  for (ActionRow& row : history_.actions) {
    if (row.finished_at && *row.finished_at <= now) {
      row.result = ActionResult::kMitigated;
    }
  }
}

void PastGuards::Troubled(const ObjectRef& target, Time now) {
  history_.episodes.push_back({target, now});
}

Verdict PastGuards::Ask(const PastEpisode& episode, Time now) {
  Forget(now);
  const guard::Facts facts = FactsOf(episode.target, history_, now);
  const Incident incident = IncidentOf(episode, now);
  const Plan plan = PlanOf(episode);
  guard::GuardRequest request;
  request.incident = &incident;
  request.rule = episode.rule;
  request.runbook = episode.runbook;
  request.plan = &plan;
  request.purpose = PurposeOf(episode);
  request.mutation = WriteTo(episode.target);
  const guard::GuardInput input{policy_, request, facts, now};
  std::vector<Finding> findings;
  for (const GuardEntry& entry : Asked()) {
    findings.push_back(entry.function(input));
    findings.back().guard = entry.name;
  }
  const auto& storm = policy_.guards.storm;
  auto cause = guard::StormCause(storm, facts.surroundings, history_, now);
  if (cause && history_.breakers.empty()) {
    BreakerRow row =
        guard::StormBreaker(storm, history_, *std::move(cause), now);
    row.closes_at = now + storm.quiet;
    history_.breakers = {row};
    history_.last_storm = now;
  }
  return guard::Combine(std::move(findings), now);
}

void PastGuards::Acted(const PastEpisode& episode, Time now) {
  history_.actions.push_back(
      {.action_id = std::to_string(now.time_since_epoch().count()),
       .incident_id = "",
       .target = episode.target,
       .kind = KindOf(episode.step->action),
       .runbook = episode.runbook->name,
       .started_at = now,
       .finished_at = VerifiedBy(*episode.step, now)});
}

}  // namespace selfheal
