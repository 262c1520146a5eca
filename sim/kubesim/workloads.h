#pragma once

#include <functional>
#include <string>
#include <vector>

#include "sim/kubesim/store.h"

namespace kubesim {

/// What all controllers of workloads share.

/// The `controller: true` owner reference, or nullptr.
const Json* ControllerOf(const Json& object);

/// Copies of the objects that `owner` controls, terminating ones included.
std::vector<Json> ControlledBy(const Store& store, const Resource& resource,
                               const Json& owner);

/// Calls `visit` with a copy of each object, which it may change or remove in
/// the store.
void ForEachCopy(Store& store, const Resource& resource,
                 const std::function<void(const Json&)>& visit);

/// An owner reference to `owner` that makes it the controller.
Json OwnerReference(const Json& owner);

/// A pod of `owner` from a pod template, with `labels` added.
Json PodFrom(const Json& owner, const Json& pod_template);

bool IsTerminating(const Json& object);
bool IsPodReady(const Json& pod);

/// Ready for at least `min_ready_seconds`.
bool IsPodAvailable(const Json& pod, std::int64_t min_ready_seconds,
                    TimePoint now);

/// 3, "25%" of `total`; percentages round up or down.
std::int64_t IntOrPercent(const Json& value, std::int64_t total, bool up);

/// A pod template without the labels pod-template-hash and
/// rollouts-pod-template-hash.
Json PlainTemplate(Json pod_template);

/// The hash that names the ReplicaSet or revision of a template.
std::string TemplateHash(const Json& pod_template);

/// The condition of a type in `status.conditions`, or nullptr.
const Json* ConditionOf(const Json& object, const std::string& type);

/// Sets a condition; the transition time moves only with the status.
void SetCondition(Json& status, const std::string& type, bool holds,
                  const std::string& reason, const std::string& message,
                  TimePoint now);

/// Deletes as a controller does: the pod's own grace, no preconditions.
void DeletePod(Store& store, const Json& pod);

}  // namespace kubesim
