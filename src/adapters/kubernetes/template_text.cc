#include "adapters/kubernetes/template_text.h"

#include <utility>

namespace selfheal::kubernetes {
namespace {

using nlohmann::json;

const json* At(const json& object, const char* pointer) {
  const json::json_pointer path(pointer);
  return object.contains(path) ? &object[path] : nullptr;
}

std::string TextAt(const json& object, const char* pointer) {
  const json* found = At(object, pointer);
  return found != nullptr && found->is_string() ? found->get<std::string>()
                                                : "";
}

std::vector<ContainerMemory> MemoryIn(const json& pod_template) {
  std::vector<ContainerMemory> memory;
  const json* containers = At(pod_template, "/spec/containers");
  if (containers == nullptr || !containers->is_array()) return memory;
  for (const json& container : *containers) {
    memory.push_back(
        {.name = TextAt(container, "/name"),
         .limit = TextAt(container, "/resources/limits/memory"),
         .request = TextAt(container, "/resources/requests/memory")});
  }
  return memory;
}

}  // namespace

void AddTemplate(const json& source, ClusterObject& object) {
  const bool revision = object.ref.kind == ObjectKind::kControllerRevision;
  const json* found =
      At(source, revision ? "/data/spec/template" : "/spec/template");
  if (found == nullptr) return;
  if (auto* kept = std::get_if<RevisionState>(&object.state)) {
    kept->pod_template = TemplateText(*found);
  } else if (auto* workload = std::get_if<WorkloadState>(&object.state)) {
    workload->pod_template = TemplateText(*found);
    workload->memory = MemoryIn(*found);
  }
}

std::string RevisionIn(const Labels& annotations) {
  const std::string_view number =
      LabelOr(annotations, "deployment.kubernetes.io/revision");
  return std::string(number.empty()
                         ? LabelOr(annotations, "rollout.argoproj.io/revision")
                         : number);
}

std::string TemplateText(json pod_template) {
  if (!pod_template.is_object()) return "";
  pod_template.erase("$patch");
  const auto metadata = pod_template.find("metadata");
  if (metadata != pod_template.end() && metadata->is_object()) {
    metadata->erase("creationTimestamp");
    const auto labels = metadata->find("labels");
    if (labels != metadata->end() && labels->is_object()) {
      labels->erase("pod-template-hash");
      labels->erase("rollouts-pod-template-hash");
    }
  }
  return pod_template.dump(-1, ' ', false, json::error_handler_t::replace);
}

}  // namespace selfheal::kubernetes
