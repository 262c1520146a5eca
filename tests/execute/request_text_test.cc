#include "execute/request_text.h"

#include <gtest/gtest.h>

#include <functional>
#include <random>
#include <string>
#include <vector>

#include "tests/fakes/fake_cluster_client.h"

namespace selfheal {
namespace {

const ObjectRef kPod{ObjectKind::kPod, "shop", "cart-abc-0"};
const ObjectRef kDeployment{ObjectKind::kDeployment, "shop", "cart"};
const ObjectRef kClaim{ObjectKind::kPersistentVolumeClaim, "shop", "data"};
const ObjectRef kCertificate{ObjectKind::kCertificate, "shop", "tls"};
const ObjectRef kRollout{ObjectKind::kRollout, "shop", "cart"};
const ObjectRef kHpa{ObjectKind::kHorizontalPodAutoscaler, "shop", "cart"};

std::vector<Mutation> GoodOnes() {
  return {
      DeletePod{kPod, "uid-1", "77"},
      EvictPod{kPod, "uid-1", "77"},
      SetRestartedAt{kDeployment, "uid-2", "78", "2026-11-25T12:00:00Z", "act"},
      SetRestartedAt{kDeployment, "uid-2", "78", "", "act"},
      SetReplicas{kDeployment, "uid-2", "78", 6},
      SetHpaBounds{kHpa, "uid-3", "79", 2, 8, "act"},
      SetTemplate{kDeployment, "uid-2", "78", R"({"spec":{"a":["b"]}})", "act"},
      SetMemory{kDeployment, "uid-2", "78", "app", "384Mi", "", "act"},
      SetMemory{kDeployment, "uid-2", "78", "app", "384Mi", "384Mi", "act"},
      SetVolumeRequest{kClaim, "uid-4", "80", "12Gi", "act"},
      RequestRenewal{kCertificate, "uid-5", "81", "2026-11-25T12:00:00Z", 1, 3,
                     "act"},
      RequestRenewal{kCertificate, "uid-5", "81", "2026-11-25T12:00:00Z", -1, 3,
                     "act"},
      SetRestartedAt{kRollout, "uid-6", "82", "2026-11-25T12:00:00Z", "act"},
      SetRestartedAt{kRollout, "uid-6", "82", "", "act"},
      SetReplicas{kRollout, "uid-6", "82", 6},
      SetTemplate{kRollout, "uid-6", "82", R"({"spec":{"a":["b"]}})", "act"},
      SetAborted{kRollout, "uid-6", "82", true},
      SetAborted{kRollout, "uid-6", "82", false}};
}

RequestLimits Limits() {
  return {.namespaces = {"shop"},
          .excluded = {"monitoring"},
          .own_namespace = "selfheal",
          .max_replicas = 10};
}

WireRequest Encode(const Mutation& mutation) {
  return testing::FakeClusterClient::EncodePlainly(mutation);
}

bool Passes(const WireRequest& request, const Mutation& mutation,
            const RequestLimits& limits = Limits()) {
  return CheckRequestText(request, mutation, limits).ok();
}

TEST(RequestText, AllowsEveryKindOfWorkload) {
  for (const ObjectKind kind :
       {ObjectKind::kDeployment, ObjectKind::kStatefulSet,
        ObjectKind::kDaemonSet, ObjectKind::kRollout}) {
    const Mutation mutation = SetRestartedAt{
        {kind, "shop", "cart"}, "uid-2", "78", "2026-11-25T12:00:00Z", "act"};
    EXPECT_TRUE(Passes(Encode(mutation), mutation)) << KindName(kind);
  }
}

TEST(RequestText, AllowsTheKnownShapes) {
  for (const Mutation& mutation : GoodOnes()) {
    const auto checked = CheckRequestText(Encode(mutation), mutation, Limits());
    EXPECT_TRUE(checked.ok()) << checked.error().message;
  }
}

TEST(RequestText, NamespacesBySegment) {
  for (const char* ns : {"kube-system", "kube-public", "monitoring", "selfheal",
                         "other", "", "..", "a/b", "shop%2f..", "Shop"}) {
    for (Mutation mutation : GoodOnes()) {
      const_cast<ObjectRef&>(ObjectOf(mutation)).ns = ns;
      EXPECT_FALSE(Passes(Encode(mutation), mutation)) << ns;
      RequestLimits all = Limits();
      all.namespaces = {"*"};
      if (std::string_view(ns) != "other") {
        EXPECT_FALSE(Passes(Encode(mutation), mutation, all)) << ns;
      }
    }
  }
  RequestLimits none = Limits();
  none.namespaces = {};
  for (const Mutation& mutation : GoodOnes()) {
    EXPECT_FALSE(Passes(Encode(mutation), mutation, none));
  }
}

TEST(RequestText, NodesStandInNoNamespaceAndAreOptedIn) {
  const ObjectRef node{ObjectKind::kNode, "", "n1"};
  for (const bool unschedulable : {true, false}) {
    const SetUnschedulable good{node, "uid-1", "77", unschedulable, "act"};
    EXPECT_FALSE(Passes(Encode(good), good));
    RequestLimits limits = Limits();
    limits.nodes = true;
    EXPECT_TRUE(Passes(Encode(good), good, limits));
    SetUnschedulable bad = good;
    bad.node.ns = "shop";
    EXPECT_FALSE(Passes(Encode(bad), bad, limits));
    bad = good;
    bad.node.kind = ObjectKind::kPod;
    EXPECT_FALSE(Passes(Encode(bad), bad, limits));
    bad = good;
    bad.node.name = "../pods";
    EXPECT_FALSE(Passes(Encode(bad), bad, limits));
    bad = good;
    bad.action_id = "";
    EXPECT_FALSE(Passes(Encode(bad), bad, limits));
    // The one is no request for the other.
    bad = good;
    bad.unschedulable = !unschedulable;
    EXPECT_FALSE(Passes(Encode(good), bad, limits));
    WireRequest taints = Encode(good);
    taints.body.insert(taints.body.size() - 2, R"(,"taints":null)");
    EXPECT_FALSE(Passes(taints, good, limits));
  }
}

TEST(RequestText, NodesOptInEvictionsAndNothingElse) {
  RequestLimits limits = Limits();
  limits.nodes = true;
  ObjectRef pod = kPod;
  pod.ns = "other";
  const Mutation evict = EvictPod{pod, "uid-1", "77"};
  EXPECT_TRUE(Passes(Encode(evict), evict, limits));
  const Mutation removal = DeletePod{pod, "uid-1", "77"};
  EXPECT_FALSE(Passes(Encode(removal), removal, limits));
  for (const char* ns : {"kube-system", "monitoring", "selfheal"}) {
    pod.ns = ns;
    const Mutation protected_one = EvictPod{pod, "uid-1", "77"};
    EXPECT_FALSE(Passes(Encode(protected_one), protected_one, limits)) << ns;
  }
}

TEST(RequestText, PreconditionsAreMandatory) {
  for (Mutation mutation : GoodOnes()) {
    std::visit([](auto& m) { m.uid = ""; }, mutation);
    EXPECT_FALSE(Passes(Encode(mutation), mutation));
  }
  for (Mutation mutation : GoodOnes()) {
    std::visit([](auto& m) { m.resource_version = ""; }, mutation);
    EXPECT_FALSE(Passes(Encode(mutation), mutation));
  }
}

TEST(RequestText, NumbersStayInBounds) {
  for (const int n : {-1, 0, 11, 1000000}) {
    const Mutation replicas = SetReplicas{kDeployment, "u", "1", n};
    EXPECT_FALSE(Passes(Encode(replicas), replicas)) << n;
    const Mutation low = SetHpaBounds{kHpa, "u", "1", n, 10, "a"};
    EXPECT_FALSE(Passes(Encode(low), low)) << n;
    const Mutation high = SetHpaBounds{kHpa, "u", "1", 1, n, "a"};
    EXPECT_FALSE(Passes(Encode(high), high)) << n;
  }
  const Mutation crossed = SetHpaBounds{kHpa, "u", "1", 5, 4, "a"};
  EXPECT_FALSE(Passes(Encode(crossed), crossed));
}

TEST(RequestText, KindsThatAMutationIsNotFor) {
  const ObjectKind kinds[] = {ObjectKind::kPod,
                              ObjectKind::kReplicaSet,
                              ObjectKind::kJob,
                              ObjectKind::kDaemonSet,
                              ObjectKind::kNode,
                              ObjectKind::kNamespace,
                              ObjectKind::kHorizontalPodAutoscaler,
                              ObjectKind::kPodDisruptionBudget};
  for (const ObjectKind kind : kinds) {
    const Mutation scale = SetReplicas{{kind, "shop", "x"}, "u", "1", 3};
    EXPECT_FALSE(Passes(Encode(scale), scale)) << KindName(kind);
    const Mutation abort = SetAborted{{kind, "shop", "x"}, "u", "1", true};
    EXPECT_FALSE(Passes(Encode(abort), abort)) << KindName(kind);
    if (kind != ObjectKind::kDaemonSet) {
      const Mutation roll =
          SetRestartedAt{{kind, "shop", "x"}, "u", "1", "t", "a"};
      EXPECT_FALSE(Passes(Encode(roll), roll)) << KindName(kind);
    }
    if (kind != ObjectKind::kPod) {
      const Mutation remove = DeletePod{{kind, "shop", "x"}, "u", "1"};
      EXPECT_FALSE(Passes(Encode(remove), remove)) << KindName(kind);
    }
  }
}

/// An API server merges no list of a custom resource by names.
TEST(RequestText, TheMemoryOfARolloutIsNotSet) {
  const Mutation memory =
      SetMemory{kRollout, "uid-6", "82", "app", "384Mi", "", "act"};
  EXPECT_FALSE(Passes(Encode(memory), memory));
}

TEST(RequestText, HeadsThatAreNotOurs) {
  const std::function<void(WireRequest&)> spoils[] = {
      [](WireRequest& r) { r.method = "POST" == r.method ? "PUT" : "POST"; },
      [](WireRequest& r) { r.method += " "; },
      [](WireRequest& r) { r.path = "/api/v1/namespaces/shop/secrets/cart"; },
      [](WireRequest& r) {
        r.path = "/api/v1/namespaces/shop/pods/cart-abc-0/exec?command=sh";
      },
      [](WireRequest& r) {
        r.path = "/api/v1/namespaces/kube-system/pods/cart-abc-0";
      },
      [](WireRequest& r) { r.path = "/" + r.path; },
      [](WireRequest& r) { r.path = "/x/.." + r.path; },
      [](WireRequest& r) { r.path += "/"; },
      [](WireRequest& r) { r.path += "&force=true"; },
      [](WireRequest& r) { r.path += "?gracePeriodSeconds=0"; },
      [](WireRequest& r) { r.path += "?fieldManager="; },
      [](WireRequest& r) { r.path += "?fieldManager=a&force=true"; },
      [](WireRequest& r) { r.path += " HTTP/1.1\r\nX: y"; },
      [](WireRequest& r) { r.content_type = "application/apply-patch+yaml"; },
      [](WireRequest& r) {
        const bool list = r.body.starts_with('[');
        r.content_type = list ? "application/merge-patch+json"
                              : "application/json-patch+json";
      },
      [](WireRequest& r) { r.content_type = ""; },
  };
  int index = 0;
  for (const auto& spoil : spoils) {
    for (const Mutation& mutation : GoodOnes()) {
      WireRequest request = Encode(mutation);
      spoil(request);
      EXPECT_FALSE(Passes(request, mutation))
          << index << " " << request.method << " " << request.path;
    }
    ++index;
  }
}

/// As a merge patch it would take the other containers away.
TEST(RequestText, AListIsSentAsAStrategicPatchOnly) {
  for (const Mutation& mutation : GoodOnes()) {
    WireRequest request = Encode(mutation);
    const std::size_t list = request.body.find('[');
    if (list == std::string::npos || list == 0) continue;
    EXPECT_EQ(request.content_type, "application/strategic-merge-patch+json");
    request.content_type = "application/merge-patch+json";
    EXPECT_FALSE(Passes(request, mutation));
  }
}

TEST(RequestText, AmountsOfMemoryArePlain) {
  for (const char* amount : {"", "0", "0Mi", "-1Mi", "1e3", "1.5Gi", "384",
                             "384Mi ", "384MB", "Mi", "384m"}) {
    const Mutation limit =
        SetMemory{kDeployment, "u", "1", "app", amount, "", "a"};
    EXPECT_EQ(Passes(Encode(limit), limit), amount == std::string("384"))
        << amount;
  }
  const Mutation name =
      SetMemory{kDeployment, "u", "1", R"(a","image":"evil)", "1Mi", "", "a"};
  EXPECT_FALSE(Passes(Encode(name), name));
}

TEST(RequestText, BodiesThatSayMoreOrLess) {
  for (const Mutation& mutation : GoodOnes()) {
    const WireRequest good = Encode(mutation);
    const std::string more[] = {R"("gracePeriodSeconds":0,)",
                                R"("propagationPolicy":"Orphan",)",
                                R"("spec":{"replicas":0},)",
                                R"("dryRun":["All"],)",
                                R"("x":null,)",
                                R"("status":{"replicas":1},)"};
    for (const std::string& extra : more) {
      WireRequest request = good;
      request.body.insert(1, extra);
      EXPECT_FALSE(Passes(request, mutation)) << request.body;
    }
    WireRequest empty = good;
    empty.body = "";
    EXPECT_FALSE(Passes(empty, mutation));
    empty.body = "{}";
    EXPECT_FALSE(Passes(empty, mutation));
  }
}

/// Another mutation's request never passes for this one.
TEST(RequestText, RequestsOfOtherMutations) {
  const std::vector<Mutation> all = GoodOnes();
  for (std::size_t i = 0; i < all.size(); ++i) {
    for (std::size_t j = 0; j < all.size(); ++j) {
      if (i == j) continue;
      EXPECT_FALSE(Passes(Encode(all[i]), all[j])) << i << " " << j;
    }
  }
}

TEST(RequestText, NoSingleByteCanBeChanged) {
  std::mt19937_64 random(20261125);
  for (const Mutation& mutation : GoodOnes()) {
    const WireRequest good = Encode(mutation);
    for (int round = 0; round < 2000; ++round) {
      WireRequest request = good;
      std::string* fields[] = {&request.method, &request.path, &request.body};
      std::string& field = *fields[random() % 3];
      const std::size_t at = random() % field.size();
      switch (random() % 3) {
        case 0:
          field[at] = static_cast<char>(random() % 128);
          break;
        case 1:
          field.erase(at, 1);
          break;
        default:
          field.insert(at, 1, static_cast<char>(random() % 128));
      }
      if (request == good) continue;
      // Our own name in the query is free text; all else is fixed.
      const std::size_t mark = good.path.find('?');
      const bool only_name =
          mark != std::string::npos && request.method == good.method &&
          request.body == good.body &&
          request.path.substr(0, mark + 14) == good.path.substr(0, mark + 14);
      if (only_name) continue;
      EXPECT_FALSE(Passes(request, mutation))
          << request.method << " " << request.path << " " << request.body;
    }
  }
}

}  // namespace
}  // namespace selfheal
