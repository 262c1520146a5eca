#pragma once

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/cluster.h"
#include "core/mutex.h"

namespace selfheal::testing {

/// An object of which no more is told.
inline ClusterObject Bare(ObjectRef ref, std::string uid) {
  ClusterObject object;
  object.ref = std::move(ref);
  object.uid = std::move(uid);
  return object;
}

/// Objects by name, with faults on demand. Thread-safe.
class FakeClusterView final : public ClusterView {
 public:
  Result<ClusterObject> Get(const ObjectRef& ref) override {
    MutexLock lock(mutex_);
    ++reads_;
    if (fail_all_) return *fail_all_;
    if (const auto fault = get_faults_.find(ref); fault != get_faults_.end()) {
      return fault->second;
    }
    const auto found = objects_.find(ref);
    if (found == objects_.end()) {
      return Error{Code::kNotFound, ToString(ref) + " not found"};
    }
    return found->second;
  }

  Result<std::vector<ClusterObject>> List(const ListQuery& query) override {
    MutexLock lock(mutex_);
    ++reads_;
    if (fail_all_) return *fail_all_;
    if (const auto fault = list_faults_.find(query.kind);
        fault != list_faults_.end()) {
      return fault->second;
    }
    std::vector<ClusterObject> found;
    for (const auto& [ref, object] : objects_) {
      if (Matches(query, object)) found.push_back(object);
    }
    return found;
  }

  void Put(ClusterObject object) {
    MutexLock lock(mutex_);
    const ObjectRef ref = object.ref;
    objects_.insert_or_assign(ref, std::move(object));
  }
  void Remove(const ObjectRef& ref) {
    MutexLock lock(mutex_);
    objects_.erase(ref);
  }
  /// Changes one object in place; it must exist.
  template <typename Change>
  void Edit(const ObjectRef& ref, Change change) {
    MutexLock lock(mutex_);
    change(objects_.at(ref));
  }
  void FailGet(const ObjectRef& ref, Error error) {
    MutexLock lock(mutex_);
    get_faults_.insert_or_assign(ref, std::move(error));
  }
  void FailList(ObjectKind kind, Error error) {
    MutexLock lock(mutex_);
    list_faults_.insert_or_assign(kind, std::move(error));
  }
  /// Every read fails from now on; empty = none.
  void FailAll(std::optional<Error> error) {
    MutexLock lock(mutex_);
    fail_all_ = std::move(error);
  }
  int reads() const {
    MutexLock lock(mutex_);
    return reads_;
  }

 private:
  static bool Matches(const ListQuery& query, const ClusterObject& object) {
    if (object.ref.kind != query.kind) return false;
    if (!query.ns.empty() && object.ref.ns != query.ns) return false;
    if (!query.name.empty() && object.ref.name != query.name) return false;
    const PodState* pod = object.As<PodState>();
    if (!query.node.empty() && (pod == nullptr || pod->node != query.node)) {
      return false;
    }
    return std::all_of(
        query.selector.begin(), query.selector.end(), [&](const auto& pair) {
          const auto found = object.labels.find(pair.first);
          return found != object.labels.end() && found->second == pair.second;
        });
  }

  mutable Mutex mutex_;
  std::map<ObjectRef, ClusterObject> objects_ GUARDED_BY(mutex_);
  std::map<ObjectRef, Error> get_faults_ GUARDED_BY(mutex_);
  std::map<ObjectKind, Error> list_faults_ GUARDED_BY(mutex_);
  std::optional<Error> fail_all_ GUARDED_BY(mutex_);
  int reads_ GUARDED_BY(mutex_) = 0;
};

}  // namespace selfheal::testing
