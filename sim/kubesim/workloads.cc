#include "sim/kubesim/workloads.h"

#include <cmath>

namespace kubesim {

const Json* ControllerOf(const Json& object) {
  const Json* owners = Member(object, {"metadata", "ownerReferences"});
  if (owners == nullptr) return nullptr;
  for (const Json& owner : *owners) {
    if (owner.value("controller", false)) return &owner;
  }
  return nullptr;
}

std::vector<Json> ControlledBy(const Store& store, const Resource& resource,
                               const Json& owner) {
  std::vector<Json> owned;
  for (const auto& [kind, key] :
       store.OwnedBy(Text(owner, {"metadata", "uid"}))) {
    if (kind->plural != resource.plural) continue;
    owned.push_back(store.Get(resource, key.first, key.second));
  }
  return owned;
}

void ForEachCopy(Store& store, const Resource& resource,
                 const std::function<void(const Json&)>& visit) {
  for (const Store::Key& key : store.Keys(resource)) {
    const Json* object = store.Find(resource, key.first, key.second);
    if (object == nullptr) continue;
    const Json copy = *object;
    visit(copy);
  }
}

Json OwnerReference(const Json& owner) {
  return {{"apiVersion", owner["apiVersion"]},
          {"kind", owner["kind"]},
          {"name", owner["metadata"]["name"]},
          {"uid", owner["metadata"]["uid"]},
          {"controller", true},
          {"blockOwnerDeletion", true}};
}

Json PodFrom(const Json& owner, const Json& pod_template) {
  Json pod = {{"apiVersion", "v1"}, {"kind", "Pod"}};
  const Json* metadata = Member(pod_template, {"metadata"});
  pod["metadata"] = {{"namespace", owner["metadata"]["namespace"]},
                     {"ownerReferences", {OwnerReference(owner)}}};
  if (metadata != nullptr) {
    for (const char* field : {"labels", "annotations"}) {
      if (metadata->contains(field)) {
        pod["metadata"][field] = (*metadata)[field];
      }
    }
  }
  pod["spec"] = pod_template.value("spec", Json::object());
  return pod;
}

bool IsTerminating(const Json& object) {
  return object["metadata"].contains("deletionTimestamp");
}

const Json* ConditionOf(const Json& object, const std::string& type) {
  const Json* conditions = Member(object, {"status", "conditions"});
  if (conditions == nullptr) return nullptr;
  for (const Json& condition : *conditions) {
    if (condition.value("type", "") == type) return &condition;
  }
  return nullptr;
}

bool IsPodReady(const Json& pod) {
  const Json* ready = ConditionOf(pod, "Ready");
  return ready != nullptr && ready->value("status", "") == "True";
}

bool IsPodAvailable(const Json& pod, std::int64_t min_ready_seconds,
                    TimePoint now) {
  if (!IsPodReady(pod) || IsTerminating(pod)) return false;
  const Json* ready = ConditionOf(pod, "Ready");
  const TimePoint since = ParseTime(ready->value("lastTransitionTime", ""));
  return since + std::chrono::seconds(min_ready_seconds) <= now;
}

std::int64_t IntOrPercent(const Json& value, std::int64_t total, bool up) {
  if (value.is_number()) return value.get<std::int64_t>();
  if (!value.is_string()) return 0;
  const double share = std::stod(value.get<std::string>()) / 100.0;
  const double exact = share * static_cast<double>(total);
  return static_cast<std::int64_t>(up ? std::ceil(exact) : std::floor(exact));
}

Json PlainTemplate(Json pod_template) {
  if (Member(pod_template, {"metadata", "labels"}) != nullptr) {
    pod_template["metadata"]["labels"].erase("pod-template-hash");
    pod_template["metadata"]["labels"].erase("rollouts-pod-template-hash");
  }
  return pod_template;
}

std::string TemplateHash(const Json& pod_template) {
  static const char kLetters[] = "bcdfghjklmnpqrstvwxz2456789";
  std::uint64_t bits = HashText(PlainTemplate(pod_template).dump());
  std::string hash;
  for (int i = 0; i < 10; ++i) {
    hash += kLetters[bits % (sizeof kLetters - 1)];
    bits /= sizeof kLetters - 1;
  }
  return hash;
}

void SetCondition(Json& status, const std::string& type, bool holds,
                  const std::string& reason, const std::string& message,
                  TimePoint now) {
  const std::string value = holds ? "True" : "False";
  Json& conditions = status["conditions"];
  if (!conditions.is_array()) conditions = Json::array();
  for (Json& condition : conditions) {
    if (condition.value("type", "") != type) continue;
    const bool same = condition.value("status", "") == value;
    if (same && condition.value("reason", "") == reason) return;
    if (!same) condition["lastTransitionTime"] = FormatTime(now);
    condition["lastUpdateTime"] = FormatTime(now);
    condition["status"] = value;
    condition["reason"] = reason;
    condition["message"] = message;
    return;
  }
  conditions.push_back({{"type", type},
                        {"status", value},
                        {"reason", reason},
                        {"message", message},
                        {"lastUpdateTime", FormatTime(now)},
                        {"lastTransitionTime", FormatTime(now)}});
}

void DeletePod(Store& store, const Json& pod) {
  store.Delete(Named("pods"), Text(pod, {"metadata", "namespace"}),
               Text(pod, {"metadata", "name"}), Json::object(), false);
}

}  // namespace kubesim
