#pragma once

#include <string>
#include <utility>

#include "collect/change_journal.h"
#include "core/cluster.h"
#include "execute/cluster_client.h"
#include "guard/surroundings.h"

namespace selfheal {

/// Stands in where no cluster is configured: alerts are taken in and stored,
/// every look at the cluster says why there is none, and nothing is ever sent.
class NoCluster final : public ClusterView,
                        public ClusterClient,
                        public ChangeJournal,
                        public guard::ServerView,
                        public guard::AccessView {
 public:
  explicit NoCluster(std::string why) : why_(std::move(why)) {}

  Result<ClusterObject> Get(const ObjectRef&) override { return Fault(); }
  Result<std::vector<ClusterObject>> List(const ListQuery&) override {
    return Fault();
  }
  Result<WireRequest> Encode(const Mutation&) override { return Fault(); }
  ApplyReply DryRun(const WireRequest&) override {
    return {ApplyResult::kNotSent, 0, why_};
  }
  ApplyReply Apply(const WireRequest&) override {
    return {ApplyResult::kNotSent, 0, why_};
  }
  Result<guard::ServerState> Server() override { return Fault(); }
  Result<bool> Has(const Right&) override { return Fault(); }
  Result<std::vector<SpecChange>> Since(const ObjectRef&, Time) override {
    return Fault();
  }

 private:
  Error Fault() const { return {Code::kUnavailable, "no cluster: " + why_}; }

  const std::string why_;
};

}  // namespace selfheal
