#pragma once

#include <gtest/gtest.h>

#include <string>

#include "adapters/kubernetes/kubernetes_client.h"
#include "adapters/kubernetes/kubernetes_view.h"
#include "tests/contract/kubernetes_contract.h"

namespace selfheal::testing {

/// Our adapter, and a plain client beside it, in namespace "standalone".
struct World {
  const Client& raw;
  kubernetes::KubernetesView view;
  kubernetes::KubernetesClient client;

  ClusterObject Live(ObjectKind kind, const std::string& name) {
    auto object = view.Get({kind, "standalone", name});
    EXPECT_TRUE(object.ok()) << object.error().message;
    return *std::move(object);
  }
  ApplyResult Apply(const Mutation& mutation) {
    const auto request = client.Encode(mutation);
    EXPECT_TRUE(request.ok());
    const ApplyReply dry = client.DryRun(*request);
    const ApplyReply reply = client.Apply(*request);
    EXPECT_EQ(static_cast<int>(dry.result), static_cast<int>(reply.result))
        << dry.reason << " / " << reply.reason;
    return reply.result;
  }
};

inline void Made(const Answered& answer) {
  ASSERT_EQ(answer.code, 201) << answer.text;
}

/// A custom resource with a status, of whatever fields.
struct CustomKind {
  std::string group;
  std::string version;
  std::string plural;
  std::string kind;
  bool scales = false;  ///< By spec.replicas.
};

/// The simulator knows the kind; an API server learns it.
void Teach(const Client& raw, const CustomKind& kind);

/// A Rollout of Argo Rollouts: what we read of it, and every change that we
/// make, each with its preconditions.
void HandlesARollout(World& world);

}  // namespace selfheal::testing
