#include "flow/access_watch.h"

#include <algorithm>
#include <map>
#include <utility>

#include "core/optional_kind.h"
#include "execute/rights.h"
#include "flow/places.h"

namespace selfheal {
namespace {

/// Answers are believed for this long while nothing is missing.
constexpr std::chrono::minutes kAnswersLast{5};

/// "deployments/scale" of a grant as resource and subresource.
Right RightOf(const Grant& grant, const std::string& resource,
              const std::string& verb, const std::string& ns) {
  const std::size_t slash = resource.find('/');
  return {.verb = verb,
          .group = grant.group,
          .resource = resource.substr(0, slash),
          .subresource =
              slash == std::string::npos ? "" : resource.substr(slash + 1),
          .ns = ns};
}

std::vector<Right> RightsOf(const std::vector<Grant>& grants,
                            const std::string& ns) {
  std::vector<Right> rights;
  for (const Grant& grant : grants) {
    for (const std::string& resource : grant.resources) {
      for (const std::string& verb : grant.verbs) {
        rights.push_back(RightOf(grant, resource, verb, ns));
      }
    }
  }
  return rights;
}

/// Each kind of action that a runbook of `set` takes, once.
std::map<ActionKind, Action> ActionsOf(const RuleSet& set) {
  std::map<ActionKind, Action> actions;
  for (const auto& [name, runbook] : set.runbooks) {
    for (const RunbookStep& step : runbook.steps) {
      actions.emplace(KindOf(step.action), step.action);
    }
  }
  return actions;
}

bool Takes(const Runbook& runbook, ActionKind kind) {
  return std::any_of(
      runbook.steps.begin(), runbook.steps.end(),
      [&](const RunbookStep& step) { return KindOf(step.action) == kind; });
}

}  // namespace

bool AccessWatch::IsDue(const RuleSet& set) const {
  return set.digest != digest_ || !Off().empty() ||
         ports_.clock.SteadyNow() - asked_at_ >= kAnswersLast;
}

Result<std::vector<guard::MissingRight>> AccessWatch::Ask(const RuleSet& set) {
  std::vector<guard::MissingRight> missing;
  for (const auto& [kind, action] : ActionsOf(set)) {
    std::vector<Right> needed;
    for (const std::string& ns : PlacesOf(ports_.config)) {
      const auto rights = RightsOf(ActGrants(action), ns);
      needed.insert(needed.end(), rights.begin(), rights.end());
    }
    const auto of_cluster = RightsOf(ClusterGrantsOf(action), "");
    needed.insert(needed.end(), of_cluster.begin(), of_cluster.end());
    if (ports_.config.guards.nodes) {
      const auto rights = RightsOf(NodeGrantsOf(action), "");
      needed.insert(needed.end(), rights.begin(), rights.end());
    }
    for (const Right& right : needed) {
      const auto has = ports_.access.Has(right);
      if (!has.ok()) return has.error().With(ToString(right));
      if (!*has) missing.push_back({kind, right});
    }
  }
  return missing;
}

void AccessWatch::RunOnce() {
  const auto set = ports_.runbooks.Current();
  if (!IsDue(*set)) return;
  auto missing = Ask(*set);
  if (!missing.ok()) {
    ports_.log.Warn("rights not asked", {{"error", missing.error().message}});
    return;
  }
  const auto unread = Unreadable();
  if (!unread.ok()) {
    ports_.log.Warn("rights not asked", {{"error", unread.error().message}});
    return;
  }
  TellUnreadable(*unread);
  digest_ = set->digest;
  asked_at_ = ports_.clock.SteadyNow();
  Keep(*set, *std::move(missing));
}

Result<std::string> AccessWatch::Unreadable() {
  std::string rights;
  for (const Right& right : RightsOf(ClusterViewGrants(), "")) {
    const auto has = ports_.access.Has(right);
    if (!has.ok()) return has.error().With(ToString(right));
    if (!*has) rights += (rights.empty() ? "" : ", ") + ToString(right);
  }
  return rights;
}

void AccessWatch::TellUnreadable(const std::string& rights) {
  if (rights == unreadable_) return;
  unreadable_ = rights;
  if (rights.empty()) {
    ports_.log.Info("our account may read all that guards ask for", {});
  } else {
    ports_.log.Warn("guards deny what they can't see: our account lacks rights",
                    {{"may_not", rights}});
  }
}

void AccessWatch::Keep(const RuleSet& set,
                       std::vector<guard::MissingRight> missing) {
  std::set<std::string> off;
  for (const auto& [name, runbook] : set.runbooks) {
    std::string rights;
    for (const guard::MissingRight& one : missing) {
      if (!Takes(runbook, one.action) || IsOfRollouts(one.right)) continue;
      rights += (rights.empty() ? "" : ", ") + ToString(one.right);
    }
    const bool was_off = Off().contains(name);
    if (!rights.empty()) off.insert(name);
    if (!rights.empty() && !was_off) {
      ports_.log.Warn("runbook off: our account lacks rights",
                      {{"runbook", name}, {"may_not", rights}});
    } else if (rights.empty() && was_off) {
      ports_.log.Info("runbook on: our account has the rights",
                      {{"runbook", name}});
    }
  }
  const MutexLock lock(mutex_);
  missing_ = std::move(missing);
  off_ = std::move(off);
}

std::vector<guard::MissingRight> AccessWatch::Missing() const {
  const MutexLock lock(mutex_);
  return missing_;
}

std::set<std::string> AccessWatch::Off() const {
  const MutexLock lock(mutex_);
  return off_;
}

}  // namespace selfheal
