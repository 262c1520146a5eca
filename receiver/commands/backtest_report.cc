#include "receiver/commands/backtest_report.h"

#include <algorithm>
#include <array>
#include <map>
#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "core/action.h"
#include "core/duration.h"
#include "receiver/commands/printable.h"

namespace selfheal {
namespace {

using Json = nlohmann::ordered_json;
using Counts = std::map<std::string, int>;

constexpr std::array<std::pair<PastEnd, const char*>, kPastEnds> kTold = {{
    {PastEnd::kActs, "would act"},
    {PastEnd::kAsks, "would ask a person"},
    {PastEnd::kDenied, "held back by a guard"},
    {PastEnd::kResolved, "over while a guard waited"},
    {PastEnd::kNotifies, "would only tell a person"},
    {PastEnd::kNoStep, "confirmed, no step fits"},
    {PastEnd::kDismissed, "dismissed as false alarms"},
    {PastEnd::kInconclusive, "inconclusive, a person looks"},
    {PastEnd::kJoined, "joined an open incident"},
    {PastEnd::kNoTarget, "target not known"},
    {PastEnd::kAmbiguous, "more than one rule"},
    {PastEnd::kUnmatched, "left alone"},
}};

/// What became of the alerts of one rule; of none where `rule` is null.
struct Group {
  const Rule* rule = nullptr;
  std::vector<const PastEpisode*> episodes = {};
};

std::vector<Group> ByRule(const BacktestReport& report) {
  std::vector<Group> groups;
  for (const Rule& rule : report.rules->rules) groups.push_back({&rule});
  groups.push_back({});
  for (const PastEpisode& episode : report.episodes) {
    const auto group = std::find_if(
        groups.begin(), groups.end(),
        [&](const Group& one) { return one.rule == episode.rule; });
    group->episodes.push_back(&episode);
  }
  std::erase_if(groups, [](const Group& one) { return one.episodes.empty(); });
  return groups;
}

/// "rolling_restart of memory-leak", with the cause where there is one.
std::string StepOf(const PastEpisode& episode) {
  return std::string(ActionName(episode.step->action)) + " of " +
         episode.runbook->name +
         (episode.cause.empty() ? "" : " because of " + episode.cause);
}

/// ", else scale_out, else a person": what follows a step that does not help.
std::string ElseOf(const PastEpisode& episode) {
  std::string text;
  for (const RunbookStep* step : episode.then) {
    text += ", else " + std::string(ActionName(step->action));
  }
  return text + ", else a person";
}

/// What there is to count within one end: steps, guards, names of alerts.
Counts Details(const Group& group, PastEnd end) {
  Counts counts;
  for (const PastEpisode* episode : group.episodes) {
    if (episode->end != end) continue;
    switch (end) {
      case PastEnd::kNotifies:
        ++counts[StepOf(*episode)];
        break;
      case PastEnd::kActs:
        ++counts[StepOf(*episode) + ElseOf(*episode)];
        break;
      case PastEnd::kAsks:
        ++counts[StepOf(*episode) + ElseOf(*episode) + ", " + episode->guard];
        break;
      case PastEnd::kDenied:
        ++counts["guard " + episode->guard];
        break;
      case PastEnd::kUnmatched:
      case PastEnd::kAmbiguous:
        ++counts[std::string(AlertName(episode->alert))];
        break;
      default:
        break;
    }
  }
  return counts;
}

int CountOf(const Group& group, PastEnd end) {
  return static_cast<int>(
      std::count_if(group.episodes.begin(), group.episodes.end(),
                    [&](const PastEpisode* one) { return one->end == end; }));
}

const PastEpisode* FirstOf(const Group& group, PastEnd end) {
  const auto found =
      std::find_if(group.episodes.begin(), group.episodes.end(),
                   [&](const PastEpisode* one) { return one->end == end; });
  return found == group.episodes.end() ? nullptr : *found;
}

std::string Example(const PastEpisode& episode) {
  std::string text = FormatTime(episode.alert.starts_at) + " ";
  text += episode.rule != nullptr && episode.outcome
              ? ToString(episode.target)
              : std::string(AlertName(episode.alert));
  return text + ": " + episode.reason;
}

std::string Alerts(std::size_t count) {
  return std::to_string(count) + (count == 1 ? " alert" : " alerts");
}

std::string Headline(const BacktestReport& report) {
  const auto span = std::chrono::floor<seconds>(report.to - report.from);
  return FormatTime(report.from) + " to " + FormatTime(report.to) + " (" +
         FormatDuration(span) + "): " + Alerts(report.episodes.size());
}

std::string Painted(const Ink& ink, PastEnd end, const std::string& text) {
  if (end == PastEnd::kActs) return ink.Good(text);
  if (end == PastEnd::kDenied || end == PastEnd::kAsks) return ink.Warn(text);
  return text;
}

std::string GuardList(const BacktestReport& report) {
  std::string text;
  for (const std::string& name : report.guards) text += " " + name;
  return text;
}

Json EpisodeJson(const PastEpisode& episode) {
  Json json = {{"starts_at", FormatTime(episode.alert.starts_at)},
               {"ends_at", nullptr},
               {"fingerprint", episode.alert.fingerprint},
               {"labels", episode.alert.labels},
               {"end", PastEndName(episode.end)},
               {"reason", episode.reason}};
  if (episode.alert.ends_at)
    json["ends_at"] = FormatTime(*episode.alert.ends_at);
  if (episode.rule != nullptr) json["rule"] = episode.rule->name;
  if (episode.outcome) {
    json["target"] = ToString(episode.target);
    json["outcome"] = JudgementName(*episode.outcome);
    json["score"] = episode.score;
    json["confidence"] = episode.confidence;
  }
  if (episode.step != nullptr) {
    json["runbook"] = episode.runbook->name;
    json["action"] = ActionName(episode.step->action);
    json["cause"] = episode.cause;
    json["then"] = Json::array();
    for (const RunbookStep* step : episode.then) {
      json["then"].push_back(ActionName(step->action));
    }
  }
  if (!episode.guard.empty()) json["guard"] = episode.guard;
  return json;
}

Json GroupJson(const Group& group) {
  Json ends = Json::object();
  Json details = Json::object();
  for (const auto& [end, told] : kTold) {
    const int count = CountOf(group, end);
    if (count == 0) continue;
    ends[std::string(PastEndName(end))] = count;
    const Counts counts = Details(group, end);
    if (!counts.empty()) details[std::string(PastEndName(end))] = counts;
  }
  return {
      {"rule", group.rule == nullptr ? Json(nullptr) : Json(group.rule->name)},
      {"alerts", group.episodes.size()},
      {"ends", std::move(ends)},
      {"details", std::move(details)}};
}

}  // namespace

std::string BacktestText(const BacktestReport& report, const Ink& ink) {
  std::string text = ink.Bold(Headline(report)) + "\n";
  for (const Group& group : ByRule(report)) {
    const std::string name =
        group.rule == nullptr ? "no rule" : "rule " + group.rule->name;
    text += ink.Bold(name) + ": " + Alerts(group.episodes.size()) + "\n";
    for (const auto& [end, told] : kTold) {
      const int count = CountOf(group, end);
      if (count == 0) continue;
      text +=
          "  " + Painted(ink, end, std::to_string(count) + " " + told) + "\n";
      for (const auto& [what, times] : Details(group, end)) {
        text +=
            "      " + std::to_string(times) + " x " + Printable(what) + "\n";
      }
      if (group.rule != nullptr) {
        text += "      e.g. " + Printable(Example(*FirstOf(group, end))) + "\n";
      }
    }
  }
  return text + "guards asked:" + GuardList(report) +
         "; the others need the live cluster. Each action counts as taken and "
         "as having helped: that is what the guards remember. What else would "
         "have followed is chosen by the causes of the same moment, and no "
         "guard was asked about it.\n";
}

std::string BacktestJson(const BacktestReport& report) {
  Json rules = Json::array();
  for (const Group& group : ByRule(report)) rules.push_back(GroupJson(group));
  Json episodes = Json::array();
  for (const PastEpisode& episode : report.episodes) {
    episodes.push_back(EpisodeJson(episode));
  }
  const Json all = {
      {"from", FormatTime(report.from)},  {"to", FormatTime(report.to)},
      {"alerts", report.episodes.size()}, {"guards", report.guards},
      {"rules", std::move(rules)},        {"episodes", std::move(episodes)}};
  return all.dump(2, ' ', true, Json::error_handler_t::replace) + "\n";
}

}  // namespace selfheal
