#include "flow/missed_windows.h"

#include <algorithm>
#include <utility>

#include "core/duration.h"
#include "correlate/rule_match.h"
#include "flow/firing_spans.h"

namespace selfheal {
namespace {

/// Without a sign of life for this long we were not there: twice its period.
constexpr seconds kOutage{120};
/// What is asked for at most; what is older is not looked for.
constexpr std::chrono::hours kFarthest{24};
/// Samples of the answer are this far apart.
constexpr seconds kStep{30};
/// Alertmanager's startsAt and the first sample seen differ by this at most.
constexpr seconds kSlack{120};
constexpr std::size_t kPage = 500;
constexpr int kMostPages = 20;
constexpr std::size_t kMostLines = 20;

Time Align(Time time) {
  return Time(time.time_since_epoch() - time.time_since_epoch() % kStep);
}

/// Every episode of one series that began after `start` and was over at `end`.
std::vector<Alert> EpisodesOf(const Series& series, Time start, Time end) {
  std::vector<Alert> episodes;
  const Labels labels = AlertLabels(series);
  for (const auto& [began, ended] : FiringSpans(series, kStep)) {
    if (began < start || ended + 2 * kStep > end) continue;
    Alert alert;
    alert.labels = labels;
    alert.fingerprint = Fingerprint(labels);
    alert.status = AlertStatus::kResolved;
    alert.starts_at = began;
    alert.ends_at = ended;
    episodes.push_back(std::move(alert));
  }
  return episodes;
}

/// Alertmanager's copy may carry more labels (external ones).
bool Contains(const Labels& all, const Labels& some) {
  return std::all_of(some.begin(), some.end(), [&](const auto& label) {
    const auto found = all.find(label.first);
    return found != all.end() && found->second == label.second;
  });
}

std::string Span(Time from, Time to) {
  return FormatTime(from) + " to " + FormatTime(to);
}

}  // namespace

void MissedWindows::RunOnce() {
  const Heartbeat now{ports_.clock.Now(), ports_.clock.SteadyNow(),
                      ports_.boot_id};
  const auto last = ports_.beats.LastBeat();
  if (!last.ok()) {
    ports_.log.Error("last sign of life not read",
                     {{"error", last.error().message}});
    return;
  }
  if (*last && now.at - (*last)->at > kOutage) {
    const Outage outage{std::max<Time>((*last)->at, now.at - kFarthest),
                        now.at};
    if (auto reported = Report(outage); !reported.ok()) {
      ports_.log.Warn("missed alerts not read yet",
                      {{"error", reported.error().message}});
      return;
    }
  }
  if (auto beat = ports_.beats.Beat(now); !beat.ok()) {
    ports_.log.Error("sign of life not written",
                     {{"error", beat.error().message}});
  }
}

Result<void> MissedWindows::Report(const Outage& outage) {
  const auto episodes = Episodes(outage);
  if (!episodes.ok()) return episodes.error();
  std::vector<Alert> missed;
  for (const Alert& episode : *episodes) {
    const auto known = Known(episode, outage);
    if (!known.ok()) return known.error();
    if (*known) continue;
    if (auto kept = Keep(episode, outage); !kept.ok()) return kept;
    missed.push_back(episode);
  }
  ports_.observer.OnMissed(missed.size());
  if (!missed.empty()) Tell(missed, outage);
  return {};
}

Result<std::vector<Alert>> MissedWindows::Episodes(const Outage& outage) {
  // From a little earlier, so that what fired before shows as such.
  const RangeQuery query{.expr = kFiringAlerts,
                         .start = Align(outage.start - 2 * kStep),
                         .end = Align(outage.end),
                         .step = kStep};
  const auto answers = ports_.metrics.QueryRange({&query, 1}, ports_.timeout);
  const Result<QueryAnswer>& answer = answers.front();
  if (!answer.ok()) return answer.error().With("ALERTS");
  if (!answer->warnings.empty()) {
    return Error{Code::kUnavailable, "ALERTS: " + answer->warnings.front()};
  }
  const auto rules = ports_.runbooks.Current();
  std::vector<Alert> episodes;
  for (const Series& series : answer->series) {
    if (MatchingRules(*rules, AlertLabels(series)).empty()) continue;
    std::vector<Alert> more = EpisodesOf(series, outage.start, outage.end);
    std::move(more.begin(), more.end(), std::back_inserter(episodes));
  }
  return episodes;
}

Result<bool> MissedWindows::Known(const Alert& episode, const Outage& outage) {
  AlertQuery query{.fingerprint = "",
                   .since = outage.start - kSlack,
                   .limit = kPage,
                   .cursor = std::nullopt};
  for (int page = 0; page < kMostPages; ++page) {
    const auto stored = ports_.alerts.List(query);
    if (!stored.ok()) return stored.error();
    for (const StoredAlert& one : stored->items) {
      if (one.alert.starts_at >= episode.starts_at - kSlack &&
          one.alert.starts_at <= *episode.ends_at &&
          Contains(one.alert.labels, episode.labels)) {
        return true;
      }
    }
    if (!stored->next) return false;
    query.cursor = stored->next;
  }
  return false;
}

Result<void> MissedWindows::Keep(const Alert& episode, const Outage& outage) {
  const Time now = ports_.clock.Now();
  // The audit first: killed in between, an episode is told twice, not never.
  const AuditRecord record{
      .seq = 0,
      .at = now,
      .incident_id = "",
      .stage = Stage::kIntake,
      .outcome = "missed",
      .reason = std::string(AlertName(episode)) + " fired from " +
                Span(episode.starts_at, *episode.ends_at) +
                " and was not posted: selfheal was away from " +
                Span(outage.start, outage.end),
      .data = {{"fingerprint", episode.fingerprint},
               {"alertname", std::string(AlertName(episode))},
               {"starts_at", FormatTime(episode.starts_at)},
               {"ends_at", FormatTime(*episode.ends_at)}}};
  if (auto noted = ports_.audit.Append({&record, 1}); !noted.ok()) {
    return noted;
  }
  AlertGroup group;
  group.version = "4";
  group.group_key = "missed";
  group.receiver = "selfheal";
  group.status = AlertStatus::kResolved;
  group.alerts = {episode};
  group.received = 1;
  const auto stored = ports_.alerts.Append(group, now);
  if (!stored.ok()) return stored.error();
  return {};
}

void MissedWindows::Tell(const std::vector<Alert>& missed,
                         const Outage& outage) {
  ports_.log.Warn("alerts came and went unseen",
                  {{"alerts", static_cast<std::int64_t>(missed.size())},
                   {"from", FormatTime(outage.start)},
                   {"to", FormatTime(outage.end)}});
  Notice notice{.incident_id = "",
                .title = std::to_string(missed.size()) +
                         (missed.size() == 1 ? " alert" : " alerts") +
                         " came and went while selfheal was away",
                .lines = {Span(outage.start, outage.end)},
                .severity = "warning"};
  for (std::size_t i = 0; i < missed.size() && i < kMostLines; ++i) {
    std::string line(AlertName(missed[i]));
    for (const auto& [name, value] : missed[i].labels) {
      if (name != "alertname") line += " " + name + "=" + value;
    }
    notice.lines.push_back(line + ": " +
                           Span(missed[i].starts_at, *missed[i].ends_at));
  }
  ports_.notifier.Notify(notice);
}

}  // namespace selfheal
