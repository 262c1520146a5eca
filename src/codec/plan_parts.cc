#include <nlohmann/json.hpp>

#include "codec/names.h"
#include "codec/parts.h"

namespace selfheal::codec {
namespace {

struct ActionWriter {
  Json operator()(const RestartPod&) const { return Json::object(); }
  Json operator()(const RollingRestart& action) const {
    return {{"canary_pods", action.canary_pods},
            {"canary_observe", action.canary_observe.count()}};
  }
  Json operator()(const ScaleOut& action) const {
    return {{"percent", action.percent},
            {"max_replicas", action.max_replicas},
            {"connections", action.connections},
            {"connections_per_pod", action.connections_per_pod},
            {"back_after", action.back_after.count()}};
  }
  Json operator()(const ScaleIn& action) const {
    return {{"replicas", action.replicas},
            {"max_replicas", action.max_replicas},
            {"calm", action.calm.count()}};
  }
  Json operator()(const Rollback& action) const {
    return {{"max_revisions", action.max_revisions}};
  }
  Json operator()(const SetResources& action) const {
    return {{"percent", action.percent}};
  }
  Json operator()(const Cordon&) const { return Json::object(); }
  Json operator()(const Drain& action) const {
    return {{"timeout", action.timeout.count()},
            {"delete_emptydir_data", action.delete_emptydir_data}};
  }
  Json operator()(const Uncordon&) const { return Json::object(); }
  Json operator()(const EvictOne&) const { return Json::object(); }
  Json operator()(const ExpandVolume& action) const {
    return {{"percent", action.percent}, {"max_gib", action.max_gib}};
  }
  Json operator()(const RenewCertificate& action) const {
    return {{"timeout", action.timeout.count()}};
  }
  Json operator()(const Notify&) const { return Json::object(); }
};

Json StoredStep(const RunbookStep& step) {
  Json action = std::visit(ActionWriter{}, step.action);
  action["kind"] = std::string(ActionName(step.action));
  return {{"action", std::move(action)},
          {"verify_within", step.verify_within.count()},
          {"settle", step.settle.count()},
          {"undo", std::string(UndoName(step.undo))},
          {"when", StoredCauses(step.when)}};
}

Action ActionFrom(const Reader& reader) {
  const std::string name = reader.Text("kind");
  switch (Known(ParseActionKind(name), name)) {
    case ActionKind::kRestartPod:
      return RestartPod{};
    case ActionKind::kRollingRestart:
      return RollingRestart{reader.Int("canary_pods"),
                            seconds(reader.Integer("canary_observe"))};
    case ActionKind::kScaleOut:
      return ScaleOut{reader.Int("percent"), reader.Int("max_replicas"),
                      reader.Int("connections"),
                      reader.Int("connections_per_pod"),
                      seconds(reader.Integer("back_after"))};
    case ActionKind::kScaleIn:
      return ScaleIn{reader.Int("replicas"), reader.Int("max_replicas"),
                     seconds(reader.Integer("calm"))};
    case ActionKind::kRollback:
      return Rollback{reader.Int("max_revisions")};
    case ActionKind::kSetResources:
      return SetResources{reader.Int("percent")};
    case ActionKind::kCordon:
      return Cordon{};
    case ActionKind::kDrain:
      return Drain{seconds(reader.Integer("timeout")),
                   reader.Flag("delete_emptydir_data")};
    case ActionKind::kUncordon:
      return Uncordon{};
    case ActionKind::kEvictPod:
      return EvictOne{};
    case ActionKind::kExpandVolume:
      return ExpandVolume{reader.Int("percent"), reader.Int("max_gib")};
    case ActionKind::kRenewCertificate:
      return RenewCertificate{seconds(reader.Integer("timeout"))};
    case ActionKind::kNotify:
      return Notify{};
    case ActionKind::kUndoRollingRestart:
    case ActionKind::kUndoScaleOut:
    case ActionKind::kUndoScaleIn:
    case ActionKind::kUndoRollback:
    case ActionKind::kUndoSetResources:
    case ActionKind::kUndoCordon:
    case ActionKind::kUndoDrain:
      break;
  }
  throw std::invalid_argument("\"" + name + "\" is no step of a runbook");
}

RunbookStep StepFrom(const Json& value) {
  const Reader reader(value);
  const std::string undo = reader.Text("undo");
  return {ActionFrom(Reader(value.at("action"))),
          seconds(reader.Integer("verify_within")),
          seconds(reader.Integer("settle")), Known(ParseUndo(undo), undo),
          CausesFrom(reader.Texts("when"))};
}

Json StoredPods(const std::vector<PodIdentity>& pods) {
  Json list = Json::array();
  for (const PodIdentity& pod : pods) {
    list.push_back({{"name", pod.name}, {"uid", pod.uid}});
  }
  return list;
}

std::vector<PodIdentity> PodsFrom(const Json* list) {
  std::vector<PodIdentity> pods;
  if (list == nullptr) return pods;
  for (const Json& item : *list) {
    const Reader pod(item);
    pods.push_back({pod.Text("name"), pod.Text("uid")});
  }
  return pods;
}

Json StoredMoves(const std::vector<MovedPod>& moves) {
  Json list = Json::array();
  for (const MovedPod& move : moves) {
    list.push_back({{"pod", RefValue(move.pod)},
                    {"uid", move.uid},
                    {"workload", RefValue(move.workload)}});
  }
  return list;
}

std::vector<MovedPod> MovesFrom(const Json* list) {
  std::vector<MovedPod> moves;
  if (list == nullptr) return moves;
  for (const Json& item : *list) {
    const Reader move(item);
    moves.push_back({move.Ref("pod"), move.Text("uid"), move.Ref("workload")});
  }
  return moves;
}

Json StoredPlannedChange(const PlannedChange& change) {
  return {{"object", RefValue(change.object)},
          {"uid", change.uid},
          {"generation", change.generation},
          {"summary", change.summary},
          {"blast_radius", change.blast_radius},
          {"from", change.from},
          {"to", change.to},
          {"from_max", change.from_max},
          {"to_max", change.to_max},
          {"restarted_at", change.restarted_at},
          {"previous_restarted_at", change.previous_restarted_at},
          {"canaries", StoredPods(change.canaries)},
          {"siblings", StoredPods(change.siblings)},
          {"pods", change.pods},
          {"container", change.container},
          {"from_value", change.from_value},
          {"to_value", change.to_value},
          {"moves", StoredMoves(change.moves)},
          {"held", change.held}};
}

PlannedChange PlannedChangeFrom(const Json& value) {
  const Reader reader(value);
  PlannedChange out;
  out.object = reader.Ref("object");
  out.uid = reader.Text("uid");
  out.generation = reader.Integer("generation");
  out.summary = reader.Text("summary");
  out.blast_radius = reader.Text("blast_radius");
  out.from = reader.Int("from");
  out.to = reader.Int("to");
  out.from_max = reader.Int("from_max");
  out.to_max = reader.Int("to_max");
  out.restarted_at = reader.Text("restarted_at");
  out.previous_restarted_at = reader.Text("previous_restarted_at");
  out.canaries = PodsFrom(reader.Member("canaries"));
  out.siblings = PodsFrom(reader.Member("siblings"));
  out.pods = reader.Int("pods");
  out.container = reader.Text("container");
  out.from_value = reader.Text("from_value");
  out.to_value = reader.Text("to_value");
  out.moves = MovesFrom(reader.Member("moves"));
  out.held = reader.Text("held");
  return out;
}

}  // namespace

Json StoredPlan(const Plan& plan) {
  Json steps = Json::array();
  for (const RunbookStep& step : plan.steps) steps.push_back(StoredStep(step));
  return {{"runbook", plan.runbook},
          {"runbook_digest", plan.runbook_digest},
          {"risk", std::string(RiskName(plan.risk))},
          {"steps", std::move(steps)},
          {"step", plan.step},
          {"cause", plan.cause ? StoredCauseFinding(*plan.cause) : Json()},
          {"target", RefValue(plan.target)},
          {"target_uid", plan.target_uid},
          {"change", StoredPlannedChange(plan.change)},
          {"hash", plan.hash},
          {"created_at", StoredTime(plan.created_at)},
          {"expires_at", StoredTime(plan.expires_at)}};
}

Plan PlanFrom(const Json& value) {
  const Reader reader(value);
  const std::string risk = reader.Text("risk");
  Plan out;
  out.runbook = reader.Text("runbook");
  out.runbook_digest = reader.Text("runbook_digest");
  out.risk = Known(ParseRisk(risk), risk);
  if (const Json* steps = reader.Member("steps")) {
    for (const Json& step : *steps) out.steps.push_back(StepFrom(step));
  }
  out.step = reader.Int("step");
  if (const Json* cause = reader.Member("cause")) {
    out.cause = CauseFindingFrom(*cause);
  }
  out.target = reader.Ref("target");
  out.target_uid = reader.Text("target_uid");
  out.change = PlannedChangeFrom(value.at("change"));
  out.hash = reader.Text("hash");
  out.created_at = reader.At("created_at");
  out.expires_at = reader.At("expires_at");
  return out;
}

}  // namespace selfheal::codec
