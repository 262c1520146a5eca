#pragma once

#include <deque>
#include <functional>
#include <string>
#include <vector>

#include "execute/cluster_client.h"

namespace selfheal::testing {

/// Encodes as Kubernetes wants it, remembers what was sent, answers as told.
/// Not thread-safe.
class FakeClusterClient final : public ClusterClient {
 public:
  Result<WireRequest> Encode(const Mutation& mutation) override {
    if (encode) return encode(mutation);
    return EncodePlainly(mutation);
  }
  ApplyReply DryRun(const WireRequest& request) override {
    dry_runs.push_back(request);
    return NextReply();
  }
  ApplyReply Apply(const WireRequest& request) override {
    sent.push_back(request);
    return NextReply();
  }

  /// The request of `mutation`, without any check.
  static WireRequest EncodePlainly(const Mutation& mutation);

  /// In the order of the calls; when they run out: applied.
  std::deque<ApplyReply> replies;
  std::function<Result<WireRequest>(const Mutation&)> encode;
  std::vector<WireRequest> sent;
  std::vector<WireRequest> dry_runs;

 private:
  ApplyReply NextReply() {
    if (replies.empty()) return {ApplyResult::kApplied, 200, "ok"};
    ApplyReply reply = replies.front();
    replies.pop_front();
    return reply;
  }
};

}  // namespace selfheal::testing
