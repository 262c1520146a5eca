#include "adapters/kubernetes/kubernetes_client.h"

#include <gtest/gtest.h>

#include <mutex>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/adapters/kubernetes/api_fixture.h"

namespace selfheal::kubernetes {
namespace {

using nlohmann::json;
using selfheal::testing::DeadPort;
using selfheal::testing::HttpReply;
using selfheal::testing::RawReply;
using selfheal::testing::ReceivedRequest;

const ObjectRef kPod{ObjectKind::kPod, "shop", "cart-0"};
const ObjectRef kCart{ObjectKind::kDeployment, "shop", "cart"};
const ObjectRef kHpa{ObjectKind::kHorizontalPodAutoscaler, "shop", "cart"};

class KubernetesClientTest : public ::testing::Test {
 protected:
  KubernetesClientTest()
      : fixture_([this](const ReceivedRequest&) { return Reply(); },
                 {.write_timeout = std::chrono::milliseconds(500)}),
        client_(fixture_.api()) {}

  WireRequest Encode(const Mutation& mutation) {
    auto request = client_.Encode(mutation);
    EXPECT_TRUE(request.ok());
    return *std::move(request);
  }

  ApplyReply ApplyAnswered(const RawReply& reply) {
    Answer(reply);
    return client_.Apply(Encode(DeletePod{kPod, "u", "5"}));
  }

  /// What the server writes from now on.
  void Answer(const RawReply& reply) {
    const std::lock_guard lock(mutex_);
    reply_ = reply;
  }
  RawReply Reply() {
    const std::lock_guard lock(mutex_);
    return reply_;
  }

  std::mutex mutex_;
  RawReply reply_{.bytes = HttpReply(200, "{}")};
  ApiFixture fixture_;
  KubernetesClient client_;
};

TEST_F(KubernetesClientTest, EncodesTheDeletionOfExactlyOnePod) {
  const WireRequest request = Encode(DeletePod{kPod, "u", "5"});
  EXPECT_EQ(request.method, "DELETE");
  EXPECT_EQ(request.path, "/api/v1/namespaces/shop/pods/cart-0");
  EXPECT_EQ(request.content_type, "application/json");
  EXPECT_EQ(request.body,
            R"({"apiVersion":"v1","kind":"DeleteOptions",)"
            R"("preconditions":{"resourceVersion":"5","uid":"u"}})");
}

TEST_F(KubernetesClientTest, EncodesALargerVolume) {
  const WireRequest request = Encode(
      SetVolumeRequest{{ObjectKind::kPersistentVolumeClaim, "shop", "data"},
                       "u",
                       "5",
                       "12Gi",
                       "act"});
  EXPECT_EQ(request.method, "PATCH");
  EXPECT_EQ(request.path,
            "/api/v1/namespaces/shop/persistentvolumeclaims/data"
            "?fieldManager=selfheal");
  EXPECT_EQ(request.content_type, "application/merge-patch+json");
  EXPECT_EQ(request.body,
            R"({"metadata":{"annotations":{"selfheal.dev/last-action":"act"},)"
            R"("resourceVersion":"5","uid":"u"},)"
            R"("spec":{"resources":{"requests":{"storage":"12Gi"}}}})");
}

TEST_F(KubernetesClientTest, EncodesARenewalThatLeavesOtherConditionsAlone) {
  RequestRenewal renewal{{ObjectKind::kCertificate, "shop", "tls"},
                         "u",
                         "5",
                         "2026-11-25T12:00:00Z",
                         -1,
                         3,
                         "act"};
  const WireRequest request = Encode(renewal);
  EXPECT_EQ(request.path,
            "/apis/cert-manager.io/v1/namespaces/shop/certificates/tls/status"
            "?fieldManager=selfheal");
  EXPECT_EQ(request.content_type, "application/json-patch+json");
  const json patch = json::parse(request.body);
  EXPECT_EQ(
      patch[0],
      json({{"op", "replace"}, {"path", "/metadata/uid"}, {"value", "u"}}));
  EXPECT_EQ(patch[1]["value"], "5");
  EXPECT_EQ(patch[2]["op"], "add");
  EXPECT_EQ(patch[2]["path"], "/status/conditions/-");
  EXPECT_EQ(patch[2]["value"]["type"], "Issuing");
  renewal.condition = 1;
  const json again = json::parse(Encode(renewal).body);
  EXPECT_EQ(again[2]["op"], "replace");
  EXPECT_EQ(again[2]["path"], "/status/conditions/1");
}

TEST_F(KubernetesClientTest, EncodesAnEviction) {
  const WireRequest request = Encode(EvictPod{kPod, "u", "5"});
  EXPECT_EQ(request.method, "POST");
  EXPECT_EQ(request.path,
            "/api/v1/namespaces/shop/pods/cart-0/eviction"
            "?fieldManager=selfheal");
  EXPECT_EQ(request.body,
            R"({"apiVersion":"policy/v1","deleteOptions":{"preconditions":)"
            R"({"resourceVersion":"5","uid":"u"}},"kind":"Eviction",)"
            R"("metadata":{"name":"cart-0","namespace":"shop"}})");
}

TEST_F(KubernetesClientTest, EncodesARestartAndItsUndo) {
  SetRestartedAt restart{kCart, "u", "5", "2026-11-22T12:50:32Z", "act-1"};
  const WireRequest request = Encode(restart);
  EXPECT_EQ(request.method, "PATCH");
  EXPECT_EQ(request.path,
            "/apis/apps/v1/namespaces/shop/deployments/cart"
            "?fieldManager=selfheal");
  EXPECT_EQ(request.content_type, "application/merge-patch+json");
  EXPECT_EQ(
      request.body,
      R"({"metadata":{"annotations":{"selfheal.dev/last-action":"act-1"},)"
      R"("resourceVersion":"5","uid":"u"},"spec":{"template":{"metadata":)"
      R"({"annotations":{"kubectl.kubernetes.io/restartedAt":)"
      R"("2026-11-22T12:50:32Z"}}}}})");
  restart.restarted_at = "";
  const json undo = json::parse(Encode(restart).body);
  EXPECT_TRUE(undo["spec"]["template"]["metadata"]["annotations"]
                  ["kubectl.kubernetes.io/restartedAt"]
                      .is_null());
}

TEST_F(KubernetesClientTest, EncodesAScale) {
  const WireRequest request = Encode(SetReplicas{kCart, "u", "5", 7});
  EXPECT_EQ(request.method, "PUT");
  EXPECT_EQ(request.path,
            "/apis/apps/v1/namespaces/shop/deployments/cart/scale"
            "?fieldManager=selfheal");
  EXPECT_EQ(request.body,
            R"({"apiVersion":"autoscaling/v1","kind":"Scale","metadata":)"
            R"({"name":"cart","namespace":"shop","resourceVersion":"5",)"
            R"("uid":"u"},"spec":{"replicas":7}})");
}

TEST_F(KubernetesClientTest, EncodesTheBoundsOfAnHpa) {
  const WireRequest request = Encode(SetHpaBounds{kHpa, "u", "5", 3, 9, "a"});
  EXPECT_EQ(request.path,
            "/apis/autoscaling/v2/namespaces/shop/horizontalpodautoscalers/"
            "cart?fieldManager=selfheal");
  EXPECT_EQ(request.body,
            R"({"metadata":{"annotations":{"selfheal.dev/last-action":"a"},)"
            R"("resourceVersion":"5","uid":"u"},)"
            R"("spec":{"maxReplicas":9,"minReplicas":3}})");
}

TEST_F(KubernetesClientTest, RefusesToEncodeWhatHasNoPreconditionOrSense) {
  const ObjectRef evil{ObjectKind::kPod, "shop", "../../nodes/n1"};
  for (const Mutation& mutation : std::vector<Mutation>{
           DeletePod{kPod, "", "5"}, DeletePod{kPod, "u", ""},
           DeletePod{kCart, "u", "5"}, DeletePod{evil, "u", "5"},
           EvictPod{kPod, "", "5"}, EvictPod{kCart, "u", "5"},
           SetRestartedAt{kPod, "u", "5", "t", "a"},
           SetRestartedAt{kCart, "u", "", "t", "a"},
           SetReplicas{kCart, "u", "5", 0}, SetReplicas{kCart, "u", "5", -1},
           SetReplicas{{ObjectKind::kDaemonSet, "s", "d"}, "u", "5", 2},
           SetHpaBounds{kHpa, "u", "5", 0, 9, "a"},
           SetHpaBounds{kHpa, "u", "5", 9, 3, "a"},
           SetHpaBounds{kCart, "u", "5", 1, 3, "a"}}) {
    const auto request = client_.Encode(mutation);
    ASSERT_FALSE(request.ok());
    EXPECT_EQ(request.error().code, Code::kInvalidArgument);
  }
}

TEST_F(KubernetesClientTest, SendsTheStoredBytes) {
  Answer({.bytes = HttpReply(200, R"({"kind":"Deployment"})")});
  const WireRequest request = Encode(SetRestartedAt{kCart, "u", "5", "t", "a"});
  const ApplyReply reply = client_.Apply(request);
  EXPECT_EQ(reply.result, ApplyResult::kApplied);
  EXPECT_EQ(reply.http_status, 200);
  const auto sent = fixture_.server().requests().back();
  EXPECT_EQ(sent.method, request.method);
  EXPECT_EQ(sent.target, request.path);
  EXPECT_EQ(sent.body, request.body);
}

TEST_F(KubernetesClientTest, ADryRunSaysSoWhereTheServerLooks) {
  Answer({.bytes = HttpReply(200, R"({"kind":"Pod"})")});
  client_.DryRun(Encode(DeletePod{kPod, "u", "5"}));
  client_.DryRun(Encode(EvictPod{kPod, "u", "5"}));
  client_.DryRun(Encode(SetRestartedAt{kCart, "u", "5", "t", "a"}));
  client_.DryRun(Encode(SetReplicas{kCart, "u", "5", 7}));
  const auto sent = fixture_.server().requests();
  ASSERT_EQ(sent.size(), 4u);
  EXPECT_EQ(json::parse(sent[0].body)["dryRun"], json::array({"All"}));
  EXPECT_EQ(json::parse(sent[0].body)["preconditions"]["uid"], "u");
  EXPECT_EQ(json::parse(sent[1].body)["deleteOptions"]["dryRun"],
            json::array({"All"}));
  EXPECT_TRUE(sent[2].target.ends_with("?fieldManager=selfheal&dryRun=All"));
  EXPECT_TRUE(sent[3].target.ends_with("?fieldManager=selfheal&dryRun=All"));
}

TEST_F(KubernetesClientTest, NeverSendsADryRunThatWouldBeReal) {
  for (const WireRequest& request :
       {WireRequest{"DELETE", "/x", "application/json", "not json"},
        WireRequest{"POST", "/x", "application/json", "{}"},
        WireRequest{"GET", "/x", "application/json", "{}"}}) {
    EXPECT_EQ(client_.DryRun(request).result, ApplyResult::kNotSent);
  }
  EXPECT_TRUE(fixture_.server().requests().empty());
}

struct Case {
  RawReply reply;
  ApplyResult result;
};

TEST_F(KubernetesClientTest, ClassifiesEveryAnswer) {
  const std::string success =
      R"({"kind":"Status","status":"Success","metadata":{}})";
  const std::string budget = FailureStatus(
      429, "TooManyRequests", R"({"causes":[{"reason":"DisruptionBudget"}]})");
  const std::vector<Case> cases = {
      {{.bytes = HttpReply(200, R"({"kind":"Pod"})")}, ApplyResult::kApplied},
      {{.bytes = HttpReply(202, R"({"kind":"Pod"})")}, ApplyResult::kApplied},
      {{.bytes = HttpReply(201, success)}, ApplyResult::kApplied},
      {{.bytes = HttpReply(201, FailureStatus(500, "InternalError"))},
       ApplyResult::kRefused},
      {{.bytes = HttpReply(201, R"({"kind":"Status"})")},
       ApplyResult::kRefused},
      {{.bytes = HttpReply(200, "{}")}, ApplyResult::kUnknown},
      {{.bytes = HttpReply(200, "")}, ApplyResult::kUnknown},
      {{.bytes = HttpReply(200, "<html>", "text/html")}, ApplyResult::kUnknown},
      {{.bytes = HttpReply(204, "", "")}, ApplyResult::kUnknown},
      {{.bytes = HttpReply(302, "", "", "Location: http://x/\r\n")},
       ApplyResult::kUnknown},
      {{.bytes = HttpReply(400, FailureStatus(400, "BadRequest"))},
       ApplyResult::kRefused},
      {{.bytes = HttpReply(401, FailureStatus(401, "Unauthorized"))},
       ApplyResult::kRefused},
      {{.bytes = HttpReply(403, FailureStatus(403, "Forbidden"))},
       ApplyResult::kRefused},
      {{.bytes = HttpReply(404, FailureStatus(404, "NotFound"))},
       ApplyResult::kGone},
      {{.bytes = HttpReply(404, "404 page not found", "text/plain")},
       ApplyResult::kRefused},
      {{.bytes = HttpReply(408, "")}, ApplyResult::kUnknown},
      {{.bytes = HttpReply(409, FailureStatus(409, "Conflict"))},
       ApplyResult::kConflict},
      {{.bytes = HttpReply(412, "{}")}, ApplyResult::kConflict},
      {{.bytes = HttpReply(415, FailureStatus(415, "UnsupportedMediaType"))},
       ApplyResult::kRefused},
      {{.bytes = HttpReply(422, FailureStatus(422, "Invalid"))},
       ApplyResult::kRefused},
      {{.bytes = HttpReply(429, budget)}, ApplyResult::kRefused},
      {{.bytes = HttpReply(429, "Too many requests, please try again later.",
                           "text/plain", "Retry-After: 1\r\n")},
       ApplyResult::kRefused},
      {{.bytes = HttpReply(500, FailureStatus(500, "InternalError"))},
       ApplyResult::kUnknown},
      {{.bytes = HttpReply(502, "<html>", "text/html")}, ApplyResult::kUnknown},
      {{.bytes = HttpReply(503, FailureStatus(503, "ServiceUnavailable"))},
       ApplyResult::kUnknown},
      {{.bytes = HttpReply(504, FailureStatus(504, "Timeout"))},
       ApplyResult::kUnknown},
      {{.bytes = ""}, ApplyResult::kUnknown},
      {{.bytes = "", .reset = true}, ApplyResult::kUnknown},
      {{.bytes = "", .hang = true}, ApplyResult::kUnknown},
      {{.bytes = "garbage\r\n\r\n"}, ApplyResult::kUnknown},
      {{.bytes = "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"},
       ApplyResult::kUnknown},
  };
  for (std::size_t i = 0; i < cases.size(); ++i) {
    const ApplyReply reply = ApplyAnswered(cases[i].reply);
    EXPECT_EQ(static_cast<int>(reply.result), static_cast<int>(cases[i].result))
        << i << ": " << cases[i].reply.bytes << " -> " << reply.reason;
    EXPECT_EQ(fixture_.server().requests().size(), i + 1) << "repeated";
  }
}

TEST_F(KubernetesClientTest, SaysWhichOfTheTwoKindsOf429) {
  const ApplyReply budget = ApplyAnswered(
      {.bytes = HttpReply(
           429,
           FailureStatus(429, "TooManyRequests",
                         R"({"causes":[{"reason":"DisruptionBudget"}]})"))});
  EXPECT_EQ(budget.reason, "429 disruption budget: no");
  const ApplyReply busy = ApplyAnswered(
      {.bytes = HttpReply(429, "x", "text/plain", "Retry-After: 7\r\n")});
  EXPECT_EQ(busy.reason, "429 the API server is busy, retry after 7 s");
}

TEST_F(KubernetesClientTest, ARefusedConnectionIsNotSent) {
  const DeadPort dead;
  ManualClock clock;
  auto api = ApiClient::Create({.access = {.server = dead.url()}}, clock);
  ASSERT_TRUE(api.ok());
  KubernetesClient client(**api);
  const ApplyReply reply = client.Apply(Encode(DeletePod{kPod, "u", "5"}));
  EXPECT_EQ(reply.result, ApplyResult::kNotSent);
  EXPECT_EQ(reply.http_status, 0);
}

}  // namespace
}  // namespace selfheal::kubernetes
