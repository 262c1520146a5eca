#include "flow/surroundings_watch.h"

#include <algorithm>
#include <set>
#include <utility>

#include "core/duration.h"
#include "core/optional_kind.h"
#include "flow/places.h"
#include "guard/guards.h"

namespace selfheal {
namespace {

/// The API server's clock is not known any more after this long.
constexpr std::chrono::minutes kServerAge{3};
/// A change of versions counts as an upgrade under way for this long.
constexpr std::chrono::minutes kUpgradeAge{10};
/// An open breaker is prolonged this often while its storm goes on.
constexpr seconds kProlong{10};
/// No budget of an hour, cooldown or approval outlives the time for which a
/// second clock must agree before the wall clock is believed again.
constexpr std::chrono::hours kShortestProof{1};

constexpr char kZoneLabel[] = "topology.kubernetes.io/zone";

bool Off(Duration skew) {
  return skew > kMostClockSkew || skew < -kMostClockSkew;
}

double Seconds(Duration span) {
  return std::chrono::duration<double>(span).count();
}

guard::NodeRow RowOf(const ClusterObject& node) {
  guard::NodeRow row{.name = node.ref.name, .zone = "", .ready = false};
  const auto zone = node.labels.find(kZoneLabel);
  if (zone != node.labels.end()) row.zone = zone->second;
  const NodeState* state = node.As<NodeState>();
  if (state == nullptr) return row;
  const auto ready = state->conditions.find("Ready");
  row.ready = ready != state->conditions.end() && ready->second == "True";
  return row;
}

std::string VersionOf(const ClusterObject& node) {
  const NodeState* state = node.As<NodeState>();
  return state == nullptr ? "" : state->kubelet_version;
}

/// Seen at the first look: different versions, and a node set aside.
std::string HalfWay(const std::vector<ClusterObject>& nodes) {
  std::set<std::string> versions;
  std::string cordoned;
  for (const ClusterObject& node : nodes) {
    const NodeState* state = node.As<NodeState>();
    if (state == nullptr || state->kubelet_version.empty()) continue;
    versions.insert(state->kubelet_version);
    if (state->unschedulable) cordoned = node.ref.name;
  }
  if (versions.size() < 2 || cordoned.empty()) return "";
  return "nodes run " + *versions.begin() + " and " + *versions.rbegin() +
         ", and " + cordoned + " is cordoned";
}

/// What changed from `known` (by node) to `nodes`, or "".
std::string NodeChange(const std::map<std::string, std::string>& known,
                       const std::vector<ClusterObject>& nodes) {
  for (const ClusterObject& node : nodes) {
    const std::string version = VersionOf(node);
    if (version.empty()) continue;
    const auto before = known.find(node.ref.name);
    if (before != known.end()) {
      if (before->second == version) continue;
      return "node " + node.ref.name + " went from " + before->second + " to " +
             version;
    }
    const bool seen =
        std::any_of(known.begin(), known.end(),
                    [&](const auto& entry) { return entry.second == version; });
    if (!seen && !known.empty()) {
      return "node " + node.ref.name + " came with " + version;
    }
  }
  return "";
}

}  // namespace

guard::Surroundings SurroundingsWatch::Read() {
  const SteadyTime steady = ports_.clock.SteadyNow();
  guard::Surroundings now;
  {
    const MutexLock lock(mutex_);
    now = last_;
    if (!server_read_at_ || steady - *server_read_at_ > kServerAge) {
      now.clock.server.reset();
    }
    if (!upgrade_seen_at_ || steady - *upgrade_seen_at_ > kUpgradeAge) {
      now.upgrade.clear();
    }
  }
  now.clock.wall = ports_.clock.Skew();
  now.queries = ports_.queries();
  now.missing_rights = ports_.missing_rights();
  return now;
}

Result<void> SurroundingsWatch::CountTargets(
    std::map<ObjectKind, int>& population) {
  for (const std::string& ns : PlacesOf(ports_.config)) {
    for (const ObjectKind kind :
         {ObjectKind::kDeployment, ObjectKind::kStatefulSet,
          ObjectKind::kDaemonSet, ObjectKind::kRollout}) {
      auto listed = ports_.cluster.List({.kind = kind, .ns = ns});
      if (!listed.ok() && MayLack(kind, listed.error())) continue;
      if (!listed.ok()) return listed.error();
      population[kind] += static_cast<int>(listed->size());
      for (const ClusterObject& object : *listed) {
        const WorkloadState* state = object.As<WorkloadState>();
        if (state == nullptr) continue;
        population[ObjectKind::kPod] += state->current_replicas;
      }
    }
  }
  return {};
}

void SurroundingsWatch::LookAtCluster() {
  std::map<ObjectKind, int> population;
  const Result<void> counted = CountTargets(population);
  auto nodes = ports_.cluster.List({.kind = ObjectKind::kNode});
  auto server = ports_.server.Server();
  ports_.observer.OnDependency("kubernetes", server.ok());
  const Time now = ports_.clock.Now();
  const MutexLock lock(mutex_);
  if (server.ok()) {
    last_.clock.server = server->at - now;
    server_read_at_ = ports_.clock.SteadyNow();
  }
  if (nodes.ok() && server.ok()) NoteVersions(*nodes, server->version, now);
  if (!counted.ok() || !nodes.ok() || !server.ok()) {
    last_.problem = !counted.ok() ? counted.error().message
                    : !nodes.ok() ? nodes.error().message
                                  : server.error().message;
    ports_.log.Warn("surroundings not read", {{"error", last_.problem}});
    return;
  }
  last_.problem.clear();
  last_.population = std::move(population);
  last_.population[ObjectKind::kNode] = static_cast<int>(nodes->size());
  last_.counted = PlacesOf(ports_.config);
  if (last_.counted == std::vector<std::string>{""}) last_.counted.clear();
  last_.nodes.clear();
  for (const ClusterObject& node : *nodes) {
    last_.nodes.push_back(RowOf(node));
  }
  last_.looked_at = now;
}

void SurroundingsWatch::NoteVersions(const std::vector<ClusterObject>& nodes,
                                     const std::string& server, Time) {
  const bool first = server_version_.empty();
  std::string change = first ? HalfWay(nodes) : NodeChange(versions_, nodes);
  if (!first && server != server_version_) {
    change = "the API server went from " + server_version_ + " to " + server;
  }
  server_version_ = server;
  versions_.clear();
  for (const ClusterObject& node : nodes) {
    const std::string version = VersionOf(node);
    if (!version.empty()) versions_[node.ref.name] = version;
  }
  if (change.empty()) return;
  last_.upgrade = std::move(change);
  upgrade_seen_at_ = ports_.clock.SteadyNow();
}

bool SurroundingsWatch::Note(const char* outcome, const std::string& reason,
                             Fields data) {
  const AuditRecord record{.seq = 0,
                           .at = ports_.clock.Now(),
                           .incident_id = "",
                           .stage = Stage::kGuard,
                           .outcome = outcome,
                           .reason = reason,
                           .data = std::move(data)};
  ports_.log.Warn(outcome, {{"reason", reason}});
  return ports_.audit.Append({&record, 1}).ok();
}

void SurroundingsWatch::TakeOver(Duration skew) {
  const auto& guards = ports_.config.guards;
  const Duration proof = std::max<Duration>(
      {kShortestProof, 2 * guards.cooldown, 2 * guards.scale.cooldown,
       ports_.config.approvals.expiry});
  if (ports_.clock.SteadyNow() - *agreed_since_ < proof) return;
  if (!Note("clock_taken_over",
            "the API server has agreed with the wall clock for " +
                FormatDuration(proof),
            {{"skew_s", Seconds(skew)}})) {
    return;
  }
  const MutexLock lock(mutex_);
  ports_.clock.SetTo(ports_.clock.wall().Now());
  agreed_since_.reset();
  last_.looked_at.reset();
  server_read_at_.reset();
}

void SurroundingsWatch::CompareClocks() {
  const guard::ClockReading clock = Read().clock;
  const bool server_off = clock.server && Off(*clock.server);
  const bool off = Off(clock.wall) || server_off;
  if (off != was_off_) {
    const bool noted =
        off ? Note("clock_skewed",
                   "the clocks disagree: nothing new is done meanwhile",
                   {{"wall_s", Seconds(clock.wall)},
                    {"server_s", clock.server ? Seconds(*clock.server) : 0.0}})
            : Note("clock_agrees", "the clocks agree again", {});
    if (noted) was_off_ = off;
  }
  const bool proved =
      Off(clock.wall) && clock.server && !Off(*clock.server - clock.wall);
  if (!proved) {
    agreed_since_.reset();
    return;
  }
  if (!agreed_since_) agreed_since_ = ports_.clock.SteadyNow();
  TakeOver(clock.wall);
}

void SurroundingsWatch::LookForStorm() {
  const Time now = ports_.clock.Now();
  const auto state = ports_.history.Recent(now);
  if (!state.ok()) return;
  const auto& storm = ports_.config.guards.storm;
  auto cause = guard::StormCause(storm, Read(), *state, now);
  if (!cause) return;
  const BreakerRow row =
      guard::StormBreaker(storm, *state, *std::move(cause), now);
  for (const BreakerRow& open : state->breakers) {
    if (open.scope != row.scope) continue;
    const bool fresh =
        !open.closes_at || *open.closes_at > now + storm.quiet - kProlong;
    if (fresh) return;
  }
  const auto opened = ports_.history.SetBreaker({row.scope, row, "storm"});
  if (!opened.ok()) {
    ports_.log.Error("breaker not opened", {{"error", opened.error().message}});
    return;
  }
  ports_.log.Warn("breaker open", {{"reason", row.reason}});
}

void SurroundingsWatch::Tick() {
  CompareClocks();
  LookForStorm();
}

}  // namespace selfheal
