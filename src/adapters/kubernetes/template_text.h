#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "core/cluster.h"

namespace selfheal::kubernetes {

/// A pod template in the one form in which templates are compared and put
/// back: keys in order, no white space, without what controllers add to it
/// (labels pod-template-hash and rollouts-pod-template-hash,
/// creationTimestamp, "$patch"). "" where it is no object.
std::string TemplateText(nlohmann::json pod_template);

/// The number of the revision in the annotations of a Deployment, a Rollout or
/// their ReplicaSets, or "".
std::string RevisionIn(const Labels& annotations);

/// Adds to a mapped workload, ReplicaSet or ControllerRevision what `source`
/// keeps as its pod template; other kinds stay as they are.
void AddTemplate(const nlohmann::json& source, ClusterObject& object);

}  // namespace selfheal::kubernetes
