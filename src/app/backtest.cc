#include "app/backtest.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <map>
#include <optional>
#include <thread>

#include "adapters/crypto/digest.h"
#include "adapters/yaml/rule_set_loader.h"
#include "app/connections.h"
#include "app/past_guards.h"
#include "app/past_judge.h"
#include "core/mutex.h"

namespace selfheal {
namespace {

constexpr std::size_t kWorkers = 2;
/// Prometheus answers 20 queries at a time, for everybody.
constexpr std::size_t kQueriesAWorker = 8;
/// As long as `serve` lets a guard that only waits hold an incident.
constexpr std::chrono::minutes kWaitsFor{15};

constexpr std::array<std::string_view, kPastEnds> kEndNames = {
    "unmatched", "ambiguous",    "no_target", "joined",
    "dismissed", "inconclusive", "no_step",   "notifies",
    "resolved",  "denied",       "asks",      "acts"};

/// Lets few of a caller's queries out at a time.
class FewAtATime final : public MetricSource {
 public:
  explicit FewAtATime(MetricSource& source) : source_(source) {}

  std::vector<Result<QueryAnswer>> QueryRange(
      std::span<const RangeQuery> queries, Duration deadline) override {
    return Split(queries, [&](std::span<const RangeQuery> some) {
      return source_.QueryRange(some, deadline);
    });
  }
  std::vector<Result<QueryAnswer>> Query(std::span<const InstantQuery> queries,
                                         Duration deadline) override {
    return Split(queries, [&](std::span<const InstantQuery> some) {
      return source_.Query(some, deadline);
    });
  }

 private:
  template <typename Query, typename Ask>
  static std::vector<Result<QueryAnswer>> Split(std::span<const Query> queries,
                                                Ask ask) {
    std::vector<Result<QueryAnswer>> answers;
    while (!queries.empty()) {
      const std::size_t count = std::min(queries.size(), kQueriesAWorker);
      for (auto& answer : ask(queries.first(count))) {
        answers.push_back(std::move(answer));
      }
      queries = queries.subspan(count);
    }
    return answers;
  }

  MetricSource& source_;
};

/// Judges all of `episodes`, a few at a time; the first fault ends it.
class JudgeAll {
 public:
  JudgeAll(const RuleSet& rules, MetricSource& source, Duration deadline,
           const BacktestRequest& request, std::vector<PastEpisode>& episodes)
      : rules_(rules),
        source_(source),
        deadline_(deadline),
        request_(request),
        episodes_(episodes) {}

  Result<void> Run() {
    std::vector<std::thread> workers;
    for (std::size_t i = 0; i < kWorkers; ++i) {
      workers.emplace_back([this] { Work(); });
    }
    for (std::thread& worker : workers) worker.join();
    MutexLock lock(mutex_);
    if (fault_) return *fault_;
    return {};
  }

 private:
  void Work() {
    for (;;) {
      const std::size_t i = next_.fetch_add(1);
      if (i >= episodes_.size()) return;
      const auto judged = JudgePast(rules_, source_, deadline_, episodes_[i]);
      MutexLock lock(mutex_);
      if (!judged.ok() && !fault_) fault_ = judged.error();
      if (fault_) return;
      request_.progress("alerts judged", ++done_, episodes_.size());
    }
  }

  const RuleSet& rules_;
  FewAtATime source_;
  const Duration deadline_;
  const BacktestRequest& request_;
  std::vector<PastEpisode>& episodes_;
  std::atomic<std::size_t> next_{0};
  Mutex mutex_;
  std::size_t done_ GUARDED_BY(mutex_) = 0;
  std::optional<Error> fault_ GUARDED_BY(mutex_);
};

/// Goes through the episodes in the order of time, as incidents that open,
/// wait and end.
class Replay {
 public:
  Replay(const Config& config, std::vector<PastEpisode>& episodes)
      : config_(config), guards_(config), episodes_(episodes) {}

  void Run() {
    std::multimap<Time, PastEpisode*> queue;
    for (PastEpisode& episode : episodes_) {
      queue.emplace(episode.alert.starts_at, &episode);
    }
    while (!queue.empty()) {
      const auto [now, episode] = *queue.begin();
      queue.erase(queue.begin());
      const auto again = Look(*episode, now);
      if (again) queue.emplace(*again, episode);
    }
  }

 private:
  using Key = std::pair<ObjectRef, IncidentType>;

  static void End(PastEpisode& episode, PastEnd end,
                  const std::string& reason) {
    episode.end = end;
    episode.reason += (episode.reason.empty() ? "" : "; ") + reason;
  }

  /// When to look at it again, where a guard only waits.
  std::optional<Time> Look(PastEpisode& episode, Time now) {
    if (!episode.outcome) return std::nullopt;
    const Key key{episode.target, episode.rule->type};
    const bool first = now == episode.alert.starts_at;
    if (first) {
      guards_.Troubled(episode.target, now);
      const auto open = open_until_.find(key);
      if (open != open_until_.end() && now < open->second) {
        End(episode, PastEnd::kJoined, "an incident of its target was open");
        return std::nullopt;
      }
    }
    if (episode.end != PastEnd::kActs) return std::nullopt;
    if (episode.alert.ends_at && *episode.alert.ends_at <= now) {
      End(episode, PastEnd::kResolved, "over before the guards let it");
      return std::nullopt;
    }
    return Judged(episode, key, guards_.Ask(episode, now));
  }

  std::optional<Time> Judged(PastEpisode& episode, const Key& key,
                             const Verdict& verdict) {
    const Time now = verdict.at;
    episode.guard.clear();
    std::string reason;
    for (const Finding& finding : verdict.findings) {
      if (finding.outcome != verdict.outcome || !episode.guard.empty())
        continue;
      if (finding.outcome == FindingOutcome::kAllow) continue;
      episode.guard = finding.guard;
      reason = finding.reason;
    }
    switch (verdict.outcome) {
      case FindingOutcome::kAllow:
        guards_.Acted(episode, now);
        open_until_[key] = VerifiedBy(*episode.step, now);
        return std::nullopt;
      case FindingOutcome::kNeedsApproval:
        End(episode, PastEnd::kAsks, reason);
        open_until_[key] = now + config_.approvals.expiry;
        return std::nullopt;
      case FindingOutcome::kDeny:
        break;
    }
    const Time last = episode.alert.starts_at + kWaitsFor;
    if (verdict.retry_at && *verdict.retry_at <= last) {
      open_until_[key] = *verdict.retry_at;
      return std::max<Time>(*verdict.retry_at, now + seconds(1));
    }
    End(episode, PastEnd::kDenied, reason);
    return std::nullopt;
  }

  const Config& config_;
  PastGuards guards_;
  std::vector<PastEpisode>& episodes_;
  std::map<Key, Time> open_until_;
};

}  // namespace

std::string_view PastEndName(PastEnd end) {
  return kEndNames[static_cast<std::size_t>(end)];
}

Result<BacktestReport> Backtest(const Config& config,
                                std::shared_ptr<const RuleSet> rules,
                                MetricSource& source,
                                const BacktestRequest& request) {
  const Duration deadline = config.prometheus.timeout;
  auto alerts =
      PastAlerts(source, request.from, request.to, deadline,
                 [&](std::size_t done, std::size_t all) {
                   request.progress("minutes of alerts read", done, all);
                 });
  if (!alerts.ok()) return alerts.error();
  BacktestReport report{.from = request.from,
                        .to = request.to,
                        .episodes = {},
                        .guards = PastGuards::Names(),
                        .rules = std::move(rules)};
  for (Alert& alert : *alerts) {
    report.episodes.push_back({.alert = std::move(alert), .reason = ""});
  }
  auto judged =
      JudgeAll(*report.rules, source, deadline, request, report.episodes).Run();
  if (!judged.ok()) return judged.error();
  Replay(config, report.episodes).Run();
  return report;
}

Result<std::shared_ptr<const RuleSet>> RulesToTry(
    const Config& config, std::vector<SourceFinding>* findings) {
  return yaml::LoadRuleSet(config, Sha256Hex, findings);
}

Result<BacktestReport> Backtest(const Config& config,
                                std::shared_ptr<const RuleSet> rules,
                                const BacktestRequest& request) {
  auto source = PrometheusOf(config);
  if (!source.ok()) return source.error();
  return Backtest(config, std::move(rules), **source, request);
}

}  // namespace selfheal
