#include <set>

#include "core/duration.h"
#include "guard/guards.h"

namespace selfheal::guard {
namespace {

/// Distinct targets whose trouble began within the storm's span.
int NewTargets(const GuardInput& input) {
  std::set<ObjectRef> targets;
  const Time since = input.now - input.policy.guards.storm.within;
  for (const EpisodeRow& episode : input.facts.history->episodes) {
    if (episode.starts_at >= since) targets.insert(episode.target);
  }
  return static_cast<int>(targets.size());
}

std::string Count(const GuardInput& input) {
  const auto& storm = input.policy.guards.storm;
  return std::to_string(NewTargets(input)) + " of " +
         std::to_string(storm.targets) + " targets in new trouble within " +
         FormatDuration(storm.within);
}

}  // namespace

std::optional<BreakerRow> StormTrip(const GuardInput& input) {
  if (input.undo() || !input.facts.history.ok()) return std::nullopt;
  const auto& storm = input.policy.guards.storm;
  if (NewTargets(input) < storm.targets) return std::nullopt;
  BreakerRow row{.scope = "global",
                 .opened_at = input.now,
                 .reason = "storm: " + Count(input),
                 .closes_at = std::nullopt};
  const auto& last = input.facts.history->last_storm;
  const bool first_of_day =
      !last || *last <= input.now - std::chrono::hours(24);
  if (first_of_day) row.closes_at = input.now + storm.quiet;
  return row;
}

Finding GuardStorm(const GuardInput& input) {
  if (input.undo()) return Allow("an undo takes back our own action");
  if (!input.facts.history.ok()) return Unread(input.facts.history.error());
  const bool storm = NewTargets(input) >= input.policy.guards.storm.targets;
  return storm ? Deny("storm: " + Count(input)) : Allow(Count(input));
}

}  // namespace selfheal::guard
