#include "core/mutation.h"

namespace selfheal {
namespace {

struct ObjectVisitor {
  const ObjectRef& operator()(const DeletePod& m) const { return m.pod; }
  const ObjectRef& operator()(const EvictPod& m) const { return m.pod; }
  const ObjectRef& operator()(const SetRestartedAt& m) const {
    return m.workload;
  }
  const ObjectRef& operator()(const SetReplicas& m) const { return m.workload; }
  const ObjectRef& operator()(const SetHpaBounds& m) const { return m.hpa; }
  const ObjectRef& operator()(const SetUnschedulable& m) const {
    return m.node;
  }
  const ObjectRef& operator()(const SetTemplate& m) const { return m.workload; }
  const ObjectRef& operator()(const SetMemory& m) const { return m.workload; }
  const ObjectRef& operator()(const SetVolumeRequest& m) const {
    return m.claim;
  }
  const ObjectRef& operator()(const RequestRenewal& m) const {
    return m.certificate;
  }
  const ObjectRef& operator()(const RequestSync& m) const {
    return m.application;
  }
  const ObjectRef& operator()(const SetAborted& m) const { return m.rollout; }
};

}  // namespace

const ObjectRef& ObjectOf(const Mutation& mutation) {
  return std::visit(ObjectVisitor{}, mutation);
}

const std::string& UidOf(const Mutation& mutation) {
  return std::visit([](const auto& m) -> const std::string& { return m.uid; },
                    mutation);
}

const std::string& ResourceVersionOf(const Mutation& mutation) {
  return std::visit(
      [](const auto& m) -> const std::string& { return m.resource_version; },
      mutation);
}

}  // namespace selfheal
