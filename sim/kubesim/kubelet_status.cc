#include "sim/kubesim/kubelet.h"

namespace kubesim {
namespace {

Json StateOf(const ContainerRun& run) {
  switch (run.state) {
    case ContainerState::kCreating:
      return {{"waiting", {{"reason", "ContainerCreating"}}}};
    case ContainerState::kRunning:
      return {{"running", {{"startedAt", FormatTime(run.since)}}}};
    case ContainerState::kBackOff:
      return {
          {"waiting",
           {{"reason", "CrashLoopBackOff"},
            {"message", "back-off restarting failed container=" + run.name}}}};
  }
  return Json::object();
}

Json StatusOf(const ContainerRun& run) {
  Json status = {{"name", run.name},
                 {"image", run.image},
                 {"imageID", "sim@sha256:" + run.image},
                 {"ready", run.ready},
                 {"started", run.state == ContainerState::kRunning},
                 {"restartCount", run.restarts},
                 {"state", StateOf(run)},
                 {"lastState", Json::object()}};
  if (!run.id.empty()) status["containerID"] = "containerd://" + run.id;
  if (!run.last_terminated.is_null()) {
    status["lastState"] = {{"terminated", run.last_terminated}};
  }
  return status;
}

void SetCondition(Json& status, const std::string& type, bool holds,
                  const std::string& reason, TimePoint now) {
  const std::string value = holds ? "True" : "False";
  Json& conditions = status["conditions"];
  if (!conditions.is_array()) conditions = Json::array();
  for (Json& condition : conditions) {
    if (condition.value("type", "") != type) continue;
    if (condition.value("status", "") != value) {
      condition["lastTransitionTime"] = FormatTime(now);
    }
    condition["status"] = value;
    condition.erase("reason");
    if (!holds) condition["reason"] = reason;
    return;
  }
  Json condition = {{"type", type},
                    {"status", value},
                    {"lastTransitionTime", FormatTime(now)}};
  if (!holds) condition["reason"] = reason;
  conditions.push_back(condition);
}

std::string AddressOf(const std::string& uid) {
  const std::uint64_t hash = HashText(uid);
  return "10.244." + std::to_string(hash % 250 + 1) + "." +
         std::to_string(hash / 251 % 250 + 1);
}

}  // namespace

void Kubelet::WriteStatus(const PodRun& pod) {
  store_->Edit(Named("pods"), pod.name_space, pod.name, Part::kStatus,
               [&](Json& object) {
                 Json& status = object["status"];
                 bool started = false;
                 status["containerStatuses"] = Json::array();
                 for (const ContainerRun& run : pod.containers) {
                   started = started || run.state != ContainerState::kCreating;
                   status["containerStatuses"].push_back(StatusOf(run));
                 }
                 status["phase"] = started ? "Running" : "Pending";
                 status["qosClass"] = "Burstable";
                 if (!status.contains("startTime")) {
                   status["startTime"] = FormatTime(now_);
                 }
                 if (started) {
                   status["podIP"] = AddressOf(pod.uid);
                   status["podIPs"] = {{{"ip", AddressOf(pod.uid)}}};
                 }
                 const bool ready = pod.IsReady();
                 SetCondition(status, "Initialized", true, "", now_);
                 SetCondition(status, "ContainersReady", ready,
                              "ContainersNotReady", now_);
                 SetCondition(status, "Ready", ready, "ContainersNotReady",
                              now_);
                 SetCondition(status, "PodScheduled", true, "", now_);
               });
}

}  // namespace kubesim
