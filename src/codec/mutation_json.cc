#include "codec/mutation_json.h"

#include <nlohmann/json.hpp>
#include <optional>
#include <stdexcept>

#include "codec/names.h"
#include "codec/parts.h"

namespace selfheal {
namespace {

using codec::Json;
using codec::Reader;

/// The members that all kinds have.
template <typename M>
Json Common(const char* kind, const ObjectRef& object, const M& mutation) {
  return {{"kind", kind},
          {"object", codec::RefValue(object)},
          {"uid", mutation.uid},
          {"resource_version", mutation.resource_version}};
}

struct MutationWriter {
  Json operator()(const DeletePod& m) const {
    return Common("delete_pod", m.pod, m);
  }
  Json operator()(const EvictPod& m) const {
    return Common("evict_pod", m.pod, m);
  }
  Json operator()(const SetRestartedAt& m) const {
    Json out = Common("set_restarted_at", m.workload, m);
    out["restarted_at"] = m.restarted_at;
    out["action_id"] = m.action_id;
    return out;
  }
  Json operator()(const SetReplicas& m) const {
    Json out = Common("set_replicas", m.workload, m);
    out["replicas"] = m.replicas;
    return out;
  }
  Json operator()(const SetUnschedulable& m) const {
    Json out = Common("set_unschedulable", m.node, m);
    out["unschedulable"] = m.unschedulable;
    out["action_id"] = m.action_id;
    return out;
  }
  Json operator()(const SetTemplate& m) const {
    Json out = Common("set_template", m.workload, m);
    out["pod_template"] = m.pod_template;
    out["action_id"] = m.action_id;
    return out;
  }
  Json operator()(const SetMemory& m) const {
    Json out = Common("set_memory", m.workload, m);
    out["container"] = m.container;
    out["limit"] = m.limit;
    out["request"] = m.request;
    out["action_id"] = m.action_id;
    return out;
  }
  Json operator()(const SetVolumeRequest& m) const {
    Json out = Common("set_volume_request", m.claim, m);
    out["storage"] = m.storage;
    out["action_id"] = m.action_id;
    return out;
  }
  Json operator()(const RequestRenewal& m) const {
    Json out = Common("request_renewal", m.certificate, m);
    out["at"] = m.at;
    out["condition"] = m.condition;
    out["revision"] = m.revision;
    out["action_id"] = m.action_id;
    return out;
  }
  Json operator()(const RequestSync& m) const {
    Json out = Common("request_sync", m.application, m);
    out["revision"] = m.revision;
    out["action_id"] = m.action_id;
    return out;
  }
  Json operator()(const SetAborted& m) const {
    Json out = Common("set_aborted", m.rollout, m);
    out["aborted"] = m.aborted;
    return out;
  }
  Json operator()(const SetHpaBounds& m) const {
    Json out = Common("set_hpa_bounds", m.hpa, m);
    out["min_replicas"] = m.min_replicas;
    out["max_replicas"] = m.max_replicas;
    out["action_id"] = m.action_id;
    return out;
  }
};

/// One of those that leave no action's id on their object, or nothing.
std::optional<Mutation> UnmarkedFrom(const Reader& reader,
                                     const std::string& kind) {
  const ObjectRef object = reader.Ref("object");
  const std::string uid = reader.Text("uid");
  const std::string version = reader.Text("resource_version");
  if (kind == "delete_pod") return DeletePod{object, uid, version};
  if (kind == "evict_pod") return EvictPod{object, uid, version};
  if (kind == "set_aborted") {
    return SetAborted{object, uid, version, reader.Flag("aborted")};
  }
  if (kind == "set_replicas") {
    return SetReplicas{object, uid, version, reader.Int("replicas")};
  }
  return std::nullopt;
}

Mutation MutationFrom(const Json& value) {
  const Reader reader(value);
  const std::string kind = reader.Text("kind");
  if (auto unmarked = UnmarkedFrom(reader, kind)) return *std::move(unmarked);
  const ObjectRef object = reader.Ref("object");
  const std::string uid = reader.Text("uid");
  const std::string version = reader.Text("resource_version");
  if (kind == "set_restarted_at") {
    return SetRestartedAt{object, uid, version, reader.Text("restarted_at"),
                          reader.Text("action_id")};
  }
  if (kind == "set_hpa_bounds") {
    return SetHpaBounds{object,
                        uid,
                        version,
                        reader.Int("min_replicas"),
                        reader.Int("max_replicas"),
                        reader.Text("action_id")};
  }
  const std::string action_id = reader.Text("action_id");
  if (kind == "set_unschedulable") {
    return SetUnschedulable{object, uid, version, reader.Flag("unschedulable"),
                            action_id};
  }
  if (kind == "set_template") {
    return SetTemplate{object, uid, version, reader.Text("pod_template"),
                       action_id};
  }
  if (kind == "set_memory") {
    return SetMemory{object,
                     uid,
                     version,
                     reader.Text("container"),
                     reader.Text("limit"),
                     reader.Text("request"),
                     action_id};
  }
  if (kind == "set_volume_request") {
    return SetVolumeRequest{object, uid, version, reader.Text("storage"),
                            action_id};
  }
  if (kind == "request_renewal") {
    return RequestRenewal{object,
                          uid,
                          version,
                          reader.Text("at"),
                          reader.Int("condition"),
                          reader.Integer("revision"),
                          action_id};
  }
  if (kind == "request_sync") {
    return RequestSync{object, uid, version, reader.Text("revision"),
                       action_id};
  }
  throw std::invalid_argument("unknown mutation \"" + kind + "\"");
}

MutationPurpose PurposeFrom(const Json& value) {
  const Reader reader(value);
  const std::string kind = reader.Text("kind");
  MutationPurpose out;
  out.incident_id = reader.Text("incident_id");
  out.action_id = reader.Text("action_id");
  out.intent_id = reader.Text("intent_id");
  out.kind = codec::Known(ParseActionKind(kind), kind);
  out.phase = reader.Text("phase");
  out.step = reader.Int("step");
  out.attempt = reader.Int("attempt");
  out.first_of_action = reader.Flag("first_of_action");
  out.target = reader.Ref("target");
  out.target_uid = reader.Text("target_uid");
  out.runbook = reader.Text("runbook");
  out.plan_hash = reader.Text("plan_hash");
  out.needs_approval = reader.Flag("needs_approval");
  return out;
}

/// What `read` makes of `text`, its exceptions turned into an error.
template <typename T, typename Read>
Result<T> Guarded(std::string_view what, std::string_view text, Read read) {
  try {
    return read(codec::Parse(text));
  } catch (const std::exception& e) {
    return codec::Unreadable(what, e);
  }
}

}  // namespace

std::string MutationJson(const Mutation& mutation) {
  return codec::Dump(std::visit(MutationWriter{}, mutation));
}

std::string PurposeJson(const MutationPurpose& purpose) {
  return codec::Dump({{"incident_id", purpose.incident_id},
                      {"action_id", purpose.action_id},
                      {"intent_id", purpose.intent_id},
                      {"kind", std::string(ActionName(purpose.kind))},
                      {"phase", purpose.phase},
                      {"step", purpose.step},
                      {"attempt", purpose.attempt},
                      {"first_of_action", purpose.first_of_action},
                      {"target", codec::RefValue(purpose.target)},
                      {"target_uid", purpose.target_uid},
                      {"runbook", purpose.runbook},
                      {"plan_hash", purpose.plan_hash},
                      {"needs_approval", purpose.needs_approval}});
}

std::string RequestJson(const WireRequest& request) {
  return codec::Dump({{"method", request.method},
                      {"path", request.path},
                      {"content_type", request.content_type},
                      {"body", request.body}});
}

Result<Mutation> ParseMutation(std::string_view text) {
  return Guarded<Mutation>("mutation", text, MutationFrom);
}

Result<MutationPurpose> ParsePurpose(std::string_view text) {
  return Guarded<MutationPurpose>("purpose", text, PurposeFrom);
}

Result<WireRequest> ParseRequest(std::string_view text) {
  return Guarded<WireRequest>("request", text, [](const Json& value) {
    const Reader reader(value);
    return WireRequest{reader.Text("method"), reader.Text("path"),
                       reader.Text("content_type"), reader.Text("body")};
  });
}

}  // namespace selfheal
