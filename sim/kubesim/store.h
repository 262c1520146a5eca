#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "sim/kubesim/resources.h"
#include "sim/kubesim/types.h"

namespace kubesim {

/// What a write may change.
enum class Part { kMain, kStatus };

/// The objects of the cluster with the API server's rules about them: uid,
/// one resourceVersion per change, generation, preconditions, dry run.
///
/// Not thread-safe; the simulator's lock surrounds every call.
class Store {
 public:
  using Key = std::pair<std::string, std::string>;  // namespace, name

  explicit Store(std::uint64_t seed) : seed_(seed) {}

  void SetTime(TimePoint now) { now_ = now; }
  TimePoint now() const { return now_; }

  /// The resourceVersion of the latest change.
  std::uint64_t revision() const { return revision_; }

  const Json* Find(const Resource& resource, const std::string& name_space,
                   const std::string& name) const;

  /// Throws ApiError 404 when it is not there.
  const Json& Get(const Resource& resource, const std::string& name_space,
                  const std::string& name) const;

  /// The keys of all objects of a resource, for walks that make changes.
  std::vector<Key> Keys(const Resource& resource) const;

  /// Where the objects are that `uid` controls.
  std::vector<std::pair<const Resource*, Key>> OwnedBy(
      const std::string& uid) const;

  /// All objects of a resource, by namespace and name.
  const std::map<Key, Json>& All(const Resource& resource) const;

  /// Defaults, validates and stores; returns the object as stored.
  Json Create(const Resource& resource, Json object, bool dry_run = false);

  /// Replaces one part of an object. A `metadata.resourceVersion` or
  /// `metadata.uid` in `object` is a precondition. Writing what is there
  /// already changes nothing, resourceVersion included. Of the status of a
  /// custom resource metadata.managedFields tells which manager wrote what.
  Json Update(const Resource& resource, Json object, Part part,
              bool dry_run = false, const std::string& manager = "kubesim");

  /// Reads, lets `change` edit, writes back; false when it is gone.
  bool Edit(const Resource& resource, const std::string& name_space,
            const std::string& name, Part part,
            const std::function<void(Json&)>& change);

  /// Deletes with DeleteOptions; a running pod is only marked, and goes when
  /// its kubelet is done. Returns the API's answer.
  Json Delete(const Resource& resource, const std::string& name_space,
              const std::string& name, const Json& options, bool dry_run);

  /// Removes an object at once, without any rule.
  void Remove(const Resource& resource, const std::string& name_space,
              const std::string& name);

  /// A fresh uid, the same for the same seed and history.
  std::string NewUid();

  /// A fresh suffix of `length` letters for generated names.
  std::string NewSuffix(int length);

 private:
  void Persist(const Resource& resource, Json& object);
  std::uint64_t NextRandom();
  void Unlink(const Json& object, const Resource& resource, const Key& key);

  std::uint64_t seed_;
  std::uint64_t draws_ = 0;
  std::uint64_t revision_ = 1000;
  TimePoint now_{};
  std::map<std::string, std::map<Key, Json>> objects_;
  /// By the uid of the controller.
  std::map<std::string, std::set<std::pair<const Resource*, Key>>> owned_;
};

/// Errors in the API server's own words.
ApiError NotFound(const Resource& resource, const std::string& name);
ApiError Conflict(const Resource& resource, const std::string& name,
                  const std::string& why);
ApiError Invalid(const Resource& resource, const std::string& name,
                 const std::string& field, const std::string& why);

}  // namespace kubesim
