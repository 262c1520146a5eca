#include "adapters/yaml/runbook_reader.h"

#include <algorithm>

#include "adapters/yaml/document.h"
#include "adapters/yaml/reader.h"
#include "adapters/yaml/step_reader.h"
#include "config/scalar.h"
#include "core/duration.h"

namespace selfheal::yaml {
namespace {

constexpr std::size_t kMaxSteps = 10;

/// The longest global cooldown that holds for one of the steps.
seconds GlobalCooldown(const Runbook& runbook, const Config& config) {
  seconds longest{0};
  for (const RunbookStep& step : runbook.steps) {
    const bool scale = IsScale(KindOf(step.action));
    longest = std::max(
        longest, scale ? config.guards.scale.cooldown : config.guards.cooldown);
  }
  return longest;
}

void ReadCooldown(const Node& node, const Config& config, Runbook& runbook,
                  FindingSink& sink) {
  const auto value = ReadSeconds(node, {seconds(0), seconds(7 * 86400)}, sink);
  if (!value) return;
  const seconds global = GlobalCooldown(runbook, config);
  if (*value < global) {
    sink.Add(node.at, "cooldown " + FormatDuration(*value) +
                          " is below the global " + FormatDuration(global) +
                          "; a runbook may only tighten it");
    return;
  }
  runbook.guards.cooldown = *value;
}

void ReadRestarts(const Node& node, const Config& config, Runbook& runbook,
                  FindingSink& sink) {
  const auto value = ReadInteger(node, {0, 1000}, sink);
  if (!value) return;
  if (*value > config.guards.max_restarts_per_hour) {
    sink.Add(node.at, "max_restarts_per_hour " + std::to_string(*value) +
                          " is above guards.max_restarts_per_hour = " +
                          std::to_string(config.guards.max_restarts_per_hour) +
                          "; a runbook may only tighten it");
    return;
  }
  runbook.guards.max_restarts_per_hour = value;
}

void ReadGuards(const Node& node, const Config& config, Runbook& runbook,
                FindingSink& sink) {
  MapReader reader(node, sink);
  if (!reader.is_map()) return;
  if (const Node* cooldown = reader.Find("cooldown")) {
    ReadCooldown(*cooldown, config, runbook, sink);
  }
  if (const Node* restarts = reader.Find("max_restarts_per_hour")) {
    ReadRestarts(*restarts, config, runbook, sink);
  }
  if (const Node* approval = reader.Find("require_approval")) {
    const auto value = ReadBool(*approval, sink);
    runbook.guards.require_approval = value.value_or(false);
    if (value == false) {
      sink.Add(approval->at,
               "require_approval can only be true; leave it out otherwise");
    }
  }
  reader.Finish();
}

void ReadSteps(const Node& node, const Config& config, LoadedRunbook& loaded,
               FindingSink& sink) {
  if (node.kind != NodeKind::kSequence || node.items.empty() ||
      node.items.size() > kMaxSteps) {
    sink.Add(node.at,
             "expected a list of 1 to " + std::to_string(kMaxSteps) + " steps");
    return;
  }
  for (const Node& item : node.items) {
    auto step = ReadStep(item, config, sink);
    if (!step) continue;
    loaded.runbook.steps.push_back(std::move(*step));
    loaded.steps_at.push_back(sink.At(item.at));
  }
}

/// `after: 2 steps`; the number of failed steps until a person is told.
void ReadEscalate(const Node& node, std::size_t steps, Runbook& runbook,
                  FindingSink& sink) {
  MapReader reader(node, sink);
  if (!reader.is_map()) return;
  const Node* after = reader.Require("after");
  reader.Finish();
  if (after == nullptr) return;
  const auto text = ReadString(*after, sink);
  if (!text) return;
  std::string_view number = *text;
  const std::string_view unit = number.ends_with(" steps") ? " steps" : " step";
  if (number.ends_with(unit)) number.remove_suffix(unit.size());
  const auto value = ParseInteger(number);
  const long long most =
      static_cast<long long>(std::max<std::size_t>(steps, 1));
  if (number.size() == text->size() || !value || *value < 1 || *value > most) {
    sink.Add(after->at, "expected \"1 step\" to \"" + std::to_string(most) +
                            " steps\", found \"" + *text + "\"");
    return;
  }
  runbook.escalate_after_steps = static_cast<int>(*value);
}

/// True where step `next` may be the one that is taken after step `before`
/// (-1 = first of all), because some cause leads to no step between.
bool MayFollow(const std::vector<RunbookStep>& steps, int before, int next) {
  const auto first = steps.begin() + before + 1;
  const auto last = steps.begin() + next;
  const auto passed_by = [&](const auto& lets_pass) {
    return std::all_of(first, last, lets_pass);
  };
  if (!passed_by([](const RunbookStep& s) { return !s.when.empty(); })) {
    return false;
  }
  if (last->when.empty()) return true;
  return std::any_of(
      last->when.begin(), last->when.end(), [&](const Cause cause) {
        return passed_by([&](const RunbookStep& s) {
          return std::find(s.when.begin(), s.when.end(), cause) == s.when.end();
        });
      });
}

/// A step that changes something and that nothing leads to, or not within the
/// day in which a runbook may fail so often, is a mistake.
void CheckReached(const Node* node, const Config& config,
                  const Runbook& runbook, FindingSink& sink) {
  const int a_day = config.guards.same_runbook_per_day;
  const std::vector<RunbookStep>& steps = runbook.steps;
  if (node == nullptr || steps.size() != node->items.size()) return;
  // How many steps are taken before each, at the least.
  std::vector<int> taken(steps.size(), runbook.escalate_after_steps);
  const auto tells = [&](int i) {
    return std::holds_alternative<Notify>(
        steps[static_cast<std::size_t>(i)].action);
  };
  for (int i = 0; i < static_cast<int>(steps.size()); ++i) {
    int& least = taken[static_cast<std::size_t>(i)];
    for (int before = -1; before < i; ++before) {
      if (before >= 0 && tells(before)) continue;
      if (!MayFollow(steps, before, i)) continue;
      least = std::min(
          least, before < 0 ? 0 : taken[static_cast<std::size_t>(before)] + 1);
    }
    if (tells(i)) continue;
    const Position at = node->items[static_cast<std::size_t>(i)].at;
    if (least >= runbook.escalate_after_steps) {
      sink.Add(at, "is never reached: a person is told before it");
    } else if (least >= a_day) {
      sink.Add(at, "is not reached within a day: " + std::to_string(least) +
                       " steps before it did not help then, and "
                       "guards.same_runbook_per_day = " +
                       std::to_string(a_day));
    }
  }
}

void ReadSpec(const Node& node, const Config& config, LoadedRunbook& loaded,
              FindingSink& sink) {
  MapReader spec(node, sink);
  if (!spec.is_map()) return;
  Runbook& runbook = loaded.runbook;
  if (const Node* risk = spec.Require("risk")) {
    const auto index = ReadChoice(*risk, {"low", "medium", "high"}, sink);
    runbook.risk = static_cast<Risk>(index.value_or(2));
  }
  const Node* steps = spec.Require("steps");
  if (steps != nullptr) ReadSteps(*steps, config, loaded, sink);
  if (const Node* guards = spec.Find("guards")) {
    ReadGuards(*guards, config, runbook, sink);
  }
  if (const Node* escalate = spec.Find("escalate")) {
    ReadEscalate(*escalate, steps == nullptr ? 0 : steps->items.size(), runbook,
                 sink);
  }
  CheckReached(steps, config, runbook, sink);
  spec.Finish();
}

}  // namespace

std::optional<LoadedRunbook> ReadRunbook(const Node& root, const Config& config,
                                         FindingSink& sink) {
  const int before = sink.count();
  const auto document = ReadDocument(root, "Runbook", sink);
  if (!document) return std::nullopt;
  LoadedRunbook loaded;
  loaded.runbook.name = document->name;
  loaded.runbook.position = sink.At(document->name_at);
  ReadSpec(*document->spec, config, loaded, sink);
  if (sink.count() != before) return std::nullopt;
  return loaded;
}

bool CanTake(TargetMode mode, ActionKind kind) {
  switch (kind) {
    case ActionKind::kNotify:
      return true;
    case ActionKind::kRestartPod:
      return mode == TargetMode::kPod;
    case ActionKind::kEvictPod:
      return false;  // Only where a cause points at the pod.
    case ActionKind::kRollingRestart:
    case ActionKind::kScaleOut:
    case ActionKind::kScaleIn:
    case ActionKind::kUndoRollingRestart:
    case ActionKind::kUndoScaleOut:
    case ActionKind::kUndoScaleIn:
      return mode == TargetMode::kWorkload;
    case ActionKind::kRollback:
    case ActionKind::kSetResources:
    case ActionKind::kUndoRollback:
    case ActionKind::kUndoSetResources:
      // Of a pod too: its incident is that of the workload that owns it.
      return mode == TargetMode::kWorkload || mode == TargetMode::kPod;
    case ActionKind::kCordon:
    case ActionKind::kDrain:
    case ActionKind::kUncordon:
    case ActionKind::kUndoCordon:
    case ActionKind::kUndoDrain:
      return mode == TargetMode::kNode;
    case ActionKind::kExpandVolume:
      return mode == TargetMode::kVolume;
    case ActionKind::kRenewCertificate:
      return mode == TargetMode::kCertificate;
  }
  return false;
}

bool NamesItsObject(TargetMode mode, const RunbookStep& step) {
  if (mode != TargetMode::kWorkload || step.when.size() != 1) return false;
  const ActionKind kind = KindOf(step.action);
  switch (step.when.front()) {
    case Cause::kOnePod:
      return kind == ActionKind::kRestartPod || kind == ActionKind::kEvictPod;
    case Cause::kOneNode:
      return kind == ActionKind::kDrain;
    case Cause::kNewRevision:
    case Cause::kLeak:
    case Cause::kLowLimit:
    case Cause::kSomePods:
    case Cause::kAllPods:
    case Cause::kLoad:
      return false;
  }
  return false;
}

std::string_view TargetModeName(TargetMode mode) {
  switch (mode) {
    case TargetMode::kPod:
      return "pod";
    case TargetMode::kWorkload:
      return "workload";
    case TargetMode::kNode:
      return "node";
    case TargetMode::kVolume:
      return "volume";
    case TargetMode::kCertificate:
      return "certificate";
  }
  return "workload";
}

}  // namespace selfheal::yaml
