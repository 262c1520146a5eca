#include "adapters/yaml/step_reader.h"

#include <algorithm>

#include "adapters/yaml/reader.h"
#include "core/duration.h"

namespace selfheal::yaml {
namespace {

constexpr Range<seconds> kObserveRange = {seconds(1), seconds(3600)};
constexpr Range<seconds> kWithinRange = {seconds(1), seconds(6 * 3600)};
constexpr Range<seconds> kBackRange = {seconds(60), seconds(12 * 3600)};
constexpr Range<seconds> kTimeoutRange = {seconds(60), seconds(6 * 3600)};
constexpr Range<seconds> kSettleRange = {seconds(0), seconds(3600)};

/// True where undo of the action is a known way back.
bool HasInverse(ActionKind kind) {
  return kind == ActionKind::kRollingRestart || kind == ActionKind::kScaleOut ||
         kind == ActionKind::kRollback || kind == ActionKind::kSetResources ||
         kind == ActionKind::kCordon || kind == ActionKind::kDrain;
}

/// "action restart_pod".
std::string Named(const Action& action) {
  return "action " + std::string(ActionName(action));
}

/// Every action that a step may name, with its defaults.
const std::vector<Action>& Actions() {
  static const std::vector<Action> kActions = {
      RestartPod{},   RollingRestart{},   ScaleOut{},
      Rollback{},     SetResources{},     Cordon{},
      Drain{},        Uncordon{},         EvictOne{},
      ExpandVolume{}, RenewCertificate{}, Notify{},
  };
  return kActions;
}

std::optional<Action> ReadAction(const Node& node, FindingSink& sink) {
  std::vector<std::string_view> names;
  for (const Action& action : Actions()) names.push_back(ActionName(action));
  const auto index = ReadChoice(node, names, sink);
  if (!index) return std::nullopt;
  return Actions()[*index];
}

void ReadCanary(const Node& node, RollingRestart& action, FindingSink& sink) {
  MapReader reader(node, sink);
  if (!reader.is_map()) return;
  if (const Node* pods = reader.Find("pods")) {
    action.canary_pods =
        ReadInteger(*pods, {1, 10}, sink).value_or(action.canary_pods);
  }
  if (const Node* observe = reader.Find("observe")) {
    action.canary_observe = ReadSeconds(*observe, kObserveRange, sink)
                                .value_or(action.canary_observe);
  }
  reader.Finish();
}

/// A number that may not pass its global limit.
void ReadLimited(MapReader& step, std::string_view key, std::string_view global,
                 int limit, int& value, FindingSink& sink) {
  value = limit;
  const Node* node = step.Find(key);
  if (node == nullptr) return;
  const auto read = ReadInteger(*node, {1, 100000}, sink);
  if (!read) return;
  if (*read > limit) {
    sink.Add(node->at, std::string(key) + " " + std::to_string(*read) +
                           " is above " + std::string(global) + " = " +
                           std::to_string(limit) +
                           "; a runbook may only tighten it");
    return;
  }
  value = *read;
}

/// A number that no global limit rules.
void ReadNumberOf(MapReader& step, std::string_view key, Range<int> range,
                  int& value, FindingSink& sink) {
  const Node* node = step.Find(key);
  if (node == nullptr) return;
  if (const auto read = ReadInteger(*node, range, sink)) {
    value = *read;
  }
}

template <typename... Takers>
bool IsAny(const Action& action) {
  return (std::holds_alternative<Takers>(action) || ...);
}

/// A key that only some actions take.
struct Parameter {
  std::string_view key;
  bool (*taken_by)(const Action& action);
};

constexpr Parameter kParameters[] = {
    {"canary", IsAny<RollingRestart>},
    {"percent", IsAny<ScaleOut, ExpandVolume, SetResources>},
    {"max_replicas", IsAny<ScaleOut>},
    {"connections", IsAny<ScaleOut>},
    {"back_after", IsAny<ScaleOut>},
    {"max_revisions", IsAny<Rollback>},
    {"max_gib", IsAny<ExpandVolume>},
    {"timeout", IsAny<Drain, RenewCertificate>},
    {"delete_emptydir_data", IsAny<Drain>},
};

/// Parameters of other actions, said so rather than as unknown keys.
void RefuseOthers(MapReader& step, const Action& action, FindingSink& sink) {
  for (const Parameter& parameter : kParameters) {
    if (parameter.taken_by(action)) continue;
    const Node* node = step.Find(parameter.key);
    if (node == nullptr) continue;
    sink.Add(node->at, std::string(ActionName(action)) + " takes no " +
                           std::string(parameter.key));
  }
}

/// Of a step whose action is not known, the keys that no action takes.
void RefuseUnknown(MapReader& step) {
  for (const Parameter& parameter : kParameters) step.Find(parameter.key);
  for (const char* key : {"verify", "undo", "when"}) step.Find(key);
  step.Finish();
}

void ReadTimeout(MapReader& step, seconds& timeout, FindingSink& sink) {
  const Node* node = step.Find("timeout");
  if (node == nullptr) return;
  timeout = ReadSeconds(*node, kTimeoutRange, sink).value_or(timeout);
}

/// `connections: {budget: 200, per_pod: 20}`.
void ReadConnections(const Node& node, ScaleOut& action, FindingSink& sink) {
  MapReader reader(node, sink);
  if (!reader.is_map()) return;
  constexpr Range<int> kRange = {1, 1000000};
  if (const Node* budget = reader.Require("budget")) {
    action.connections = ReadInteger(*budget, kRange, sink).value_or(0);
  }
  if (const Node* per_pod = reader.Require("per_pod")) {
    action.connections_per_pod =
        ReadInteger(*per_pod, kRange, sink).value_or(0);
  }
  reader.Finish();
  if (action.connections < action.connections_per_pod) {
    sink.Add(node.at, "budget " + std::to_string(action.connections) +
                          " is not enough for one pod of " +
                          std::to_string(action.connections_per_pod));
  }
}

void ReadParameters(MapReader& step, const Config& config, Action& action,
                    FindingSink& sink) {
  if (auto* rolling = std::get_if<RollingRestart>(&action)) {
    const Node* canary = step.Find("canary");
    if (canary != nullptr) ReadCanary(*canary, *rolling, sink);
  }
  if (auto* scale = std::get_if<ScaleOut>(&action)) {
    const Config::GuardsConfig::Scale& guard = config.guards.scale;
    ReadLimited(step, "percent", "guards.scale.percent", guard.percent,
                scale->percent, sink);
    ReadLimited(step, "max_replicas", "guards.scale.max_replicas",
                guard.max_replicas, scale->max_replicas, sink);
    if (const Node* connections = step.Find("connections")) {
      ReadConnections(*connections, *scale, sink);
    }
    if (const Node* back = step.Find("back_after")) {
      scale->back_after =
          ReadSeconds(*back, kBackRange, sink).value_or(scale->back_after);
    }
  }
  if (auto* expand = std::get_if<ExpandVolume>(&action)) {
    ReadNumberOf(step, "percent", {1, 100}, expand->percent, sink);
    ReadNumberOf(step, "max_gib", {1, 65536}, expand->max_gib, sink);
  }
  if (auto* renew = std::get_if<RenewCertificate>(&action)) {
    ReadTimeout(step, renew->timeout, sink);
  }
  if (auto* drain = std::get_if<Drain>(&action)) {
    ReadTimeout(step, drain->timeout, sink);
    if (const Node* scratch = step.Find("delete_emptydir_data")) {
      drain->delete_emptydir_data = ReadBool(*scratch, sink).value_or(false);
    }
  }
  if (auto* memory = std::get_if<SetResources>(&action)) {
    ReadLimited(step, "percent", "the most that a step may add", 50,
                memory->percent, sink);
  }
  if (auto* back = std::get_if<Rollback>(&action)) {
    ReadLimited(step, "max_revisions", "guards.rollback.max_revisions",
                config.guards.rollback.max_revisions, back->max_revisions,
                sink);
  }
  RefuseOthers(step, action, sink);
}

void ReadVerify(MapReader& reader, const Node* verify, RunbookStep& step,
                FindingSink& sink) {
  const bool changes = !std::holds_alternative<Notify>(step.action);
  if (verify == nullptr) {
    if (changes) {
      sink.Add(reader.node().at,
               Named(step.action) +
                   " changes something, so the step needs \"verify\"");
    }
    return;
  }
  if (!changes) {
    sink.Add(verify->at, Named(step.action) + " leaves nothing to verify");
    return;
  }
  MapReader map(*verify, sink);
  if (!map.is_map()) return;
  const Node* within = map.Find("within");
  const Node* settle = map.Find("settle");
  if (within != nullptr) {
    step.verify_within =
        ReadSeconds(*within, kWithinRange, sink).value_or(step.verify_within);
  }
  if (settle != nullptr) {
    step.settle =
        ReadSeconds(*settle, kSettleRange, sink).value_or(step.settle);
  }
  map.Finish();
  if (step.settle > step.verify_within) {
    sink.Add(verify->at, "settle " + FormatDuration(step.settle) +
                             " is longer than within " +
                             FormatDuration(step.verify_within));
  }
}

void ReadUndo(const Node& node, RunbookStep& step, FindingSink& sink) {
  if (node.kind == NodeKind::kScalar && node.text == "true") {
    sink.Add(node.at, "expected automatic, found \"true\"");
    return;
  }
  const auto index = ReadChoice(node, {"none", "automatic"}, sink);
  if (index != 1) return;
  if (!HasInverse(KindOf(step.action))) {
    sink.Add(node.at, Named(step.action) + " has no inverse to undo it with");
    return;
  }
  step.undo = UndoMode::kAutomatic;
}

/// `when: [one_pod]`: the causes of which one must hold.
void ReadWhen(const Node& node, RunbookStep& step, FindingSink& sink) {
  if (node.kind != NodeKind::kSequence || node.items.empty()) {
    sink.Add(node.at, "expected a list of causes, as in [one_pod]");
    return;
  }
  const std::vector<std::string_view> names(kCauseNames.begin(),
                                            kCauseNames.end());
  for (const Node& item : node.items) {
    const auto index = ReadChoice(item, names, sink);
    if (!index) continue;
    const Cause cause = static_cast<Cause>(*index);
    if (std::find(step.when.begin(), step.when.end(), cause) !=
        step.when.end()) {
      sink.Add(item.at, std::string(CauseName(cause)) + " stands here twice");
    }
    step.when.push_back(cause);
  }
}

}  // namespace

std::optional<RunbookStep> ReadStep(const Node& node, const Config& config,
                                    FindingSink& sink) {
  MapReader reader(node, sink);
  if (!reader.is_map()) return std::nullopt;
  const Node* action_node = reader.Require("action");
  std::optional<Action> action;
  if (action_node != nullptr) action = ReadAction(*action_node, sink);
  if (!action) {
    RefuseUnknown(reader);
    return std::nullopt;
  }
  RunbookStep step;
  step.action = *action;
  step.verify_within = config.verify.within;
  step.settle = config.verify.settle;
  ReadParameters(reader, config, step.action, sink);
  ReadVerify(reader, reader.Find("verify"), step, sink);
  if (const Node* undo = reader.Find("undo")) ReadUndo(*undo, step, sink);
  if (const Node* when = reader.Find("when")) ReadWhen(*when, step, sink);
  reader.Finish();
  return step;
}

}  // namespace selfheal::yaml
