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
