#include <algorithm>
#include <set>

#include "core/duration.h"
#include "guard/guards.h"

namespace selfheal::guard {
namespace {

using Storm = Config::GuardsConfig::Storm;

/// Of a kind with at least that many objects, this share in new trouble.
constexpr int kKindAtLeast = 10;
constexpr int kKindPercent = 30;
/// Of a zone with at least that many nodes, this share sick: the figure at
/// which Kubernetes itself stops evicting (--unhealthy-zone-threshold).
constexpr int kZoneAtLeast = 3;
constexpr int kZonePercent = 55;
/// Half of the evidence queries, where there were enough to say so.
constexpr int kQueriesAtLeast = 10;
constexpr int kQueriesPercent = 50;
/// The cluster is looked at every 30 s; older looks say nothing.
constexpr std::chrono::minutes kLookAge{3};
constexpr seconds kNextLook{5};

bool Reaches(int part, int whole, int percent) {
  return part * 100LL >= static_cast<long long>(whole) * percent;
}

std::string Share(int part, int whole) {
  return std::to_string(part) + " of " + std::to_string(whole);
}

/// True where `target` is in a namespace that is opted in: trouble elsewhere is
/// not ours to judge, and not in the population.
bool IsCounted(const Surroundings& around, const ObjectRef& target) {
  const auto& counted = around.counted;
  return counted.empty() || target.ns.empty() ||
         std::find(counted.begin(), counted.end(), target.ns) != counted.end();
}

/// Distinct targets whose trouble began within the storm's span.
std::set<ObjectRef> NewTargets(const Storm& storm, const Surroundings& around,
                               const SafetyState& history, Time now) {
  std::set<ObjectRef> targets;
  for (const EpisodeRow& episode : history.episodes) {
    if (episode.starts_at >= now - storm.within &&
        IsCounted(around, episode.target)) {
      targets.insert(episode.target);
    }
  }
  return targets;
}

std::string Count(const Storm& storm, std::size_t targets) {
  return std::to_string(targets) + " of " + std::to_string(storm.targets) +
         " targets in new trouble within " + FormatDuration(storm.within);
}

std::optional<std::string> KindCause(const Storm& storm,
                                     const Surroundings& around,
                                     const std::set<ObjectRef>& targets) {
  for (const auto& [kind, whole] : around.population) {
    if (whole < kKindAtLeast) continue;
    const auto part = static_cast<int>(
        std::count_if(targets.begin(), targets.end(),
                      [&, kind = kind](const ObjectRef& target) {
                        return target.kind == kind;
                      }));
    if (!Reaches(part, whole, kKindPercent)) continue;
    return Share(part, whole) + " " + std::string(KindName(kind)) +
           "s in new trouble within " + FormatDuration(storm.within);
  }
  return std::nullopt;
}

std::optional<std::string> ZoneCause(const Surroundings& around,
                                     const std::set<ObjectRef>& targets) {
  struct Zone {
    int nodes = 0;
    int sick = 0;
  };
  std::map<std::string, Zone> zones;
  for (const NodeRow& node : around.nodes) {
    Zone& zone = zones[node.zone];
    ++zone.nodes;
    if (!node.ready || targets.contains({ObjectKind::kNode, "", node.name})) {
      ++zone.sick;
    }
  }
  for (const auto& [name, zone] : zones) {
    if (zone.nodes < kZoneAtLeast ||
        !Reaches(zone.sick, zone.nodes, kZonePercent)) {
      continue;
    }
    return Share(zone.sick, zone.nodes) + " nodes of zone \"" + name +
           "\" are not ready or in new trouble";
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::string> StormCause(const Storm& storm,
                                      const Surroundings& around,
                                      const SafetyState& history, Time now) {
  const std::set<ObjectRef> targets = NewTargets(storm, around, history, now);
  if (static_cast<int>(targets.size()) >= storm.targets) {
    return Count(storm, targets.size());
  }
  if (auto cause = KindCause(storm, around, targets)) return cause;
  if (auto cause = ZoneCause(around, targets)) return cause;
  const QueryShare& queries = around.queries;
  if (queries.all >= kQueriesAtLeast &&
      Reaches(queries.failed, queries.all, kQueriesPercent)) {
    return Share(queries.failed, queries.all) +
           " evidence queries failed within 5m";
  }
  if (!around.upgrade.empty()) {
    return "the cluster is upgraded: " + around.upgrade;
  }
  return std::nullopt;
}

BreakerRow StormBreaker(const Storm& storm, const SafetyState& history,
                        std::string reason, Time now) {
  BreakerRow row{.scope = "global",
                 .opened_at = now,
                 .reason = "storm: " + std::move(reason),
                 .closes_at = std::nullopt};
  const auto& last = history.last_storm;
  const bool first_of_day = !last || *last <= now - std::chrono::hours(24);
  if (first_of_day) row.closes_at = now + storm.quiet;
  return row;
}

Finding GuardStorm(const GuardInput& input) {
  if (input.undo()) return Allow("an undo takes back our own action");
  if (!input.facts.history.ok()) return Unread(input.facts.history.error());
  const Storm& storm = input.policy.guards.storm;
  const Surroundings& around = input.facts.surroundings;
  if (const auto cause =
          StormCause(storm, around, *input.facts.history, input.now)) {
    return Deny("storm: " + *cause);
  }
  if (!around.looked_at || input.now - *around.looked_at > kLookAge) {
    return Wait("whether there is a storm is not known: " +
                    (around.problem.empty() ? "the cluster was not looked at"
                                            : around.problem),
                input.now + kNextLook);
  }
  return Allow(Count(storm, NewTargets(storm, input.facts.surroundings,
                                       *input.facts.history, input.now)
                                .size()));
}

}  // namespace selfheal::guard
