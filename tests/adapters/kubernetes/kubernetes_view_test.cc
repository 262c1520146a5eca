#include "adapters/kubernetes/kubernetes_view.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "adapters/kubernetes/access_review.h"
#include "tests/adapters/kubernetes/api_fixture.h"

namespace selfheal::kubernetes {
namespace {

using nlohmann::json;
using selfheal::testing::HttpReply;
using selfheal::testing::RawReply;
using selfheal::testing::ReceivedRequest;

json PodJson(const std::string& name, const std::string& ns = "shop") {
  return {{"kind", "Pod"},
          {"metadata",
           {{"name", name},
            {"namespace", ns},
            {"uid", "uid-" + name},
            {"resourceVersion", "5"}}},
          {"status", {{"phase", "Running"}}}};
}

std::string PageJson(const std::vector<std::string>& names,
                     const std::string& token = "") {
  json items = json::array();
  for (const std::string& name : names) items.push_back(PodJson(name));
  return json({{"kind", "PodList"},
               {"metadata", {{"continue", token}}},
               {"items", items}})
      .dump();
}

const ObjectRef kPodRef{ObjectKind::kPod, "shop", "cart-0"};

TEST(KubernetesView, GetsOneObject) {
  ApiFixture fixture([](const ReceivedRequest&) {
    return RawReply{.bytes = HttpReply(200, PodJson("cart-0").dump())};
  });
  KubernetesView view(fixture.api());
  const auto object = view.Get(kPodRef);
  ASSERT_TRUE(object.ok()) << object.error().message;
  EXPECT_EQ(object->uid, "uid-cart-0");
  EXPECT_EQ(fixture.server().requests()[0].target,
            "/api/v1/namespaces/shop/pods/cart-0");
}

TEST(KubernetesView, NamesThatCouldMoveThePathAreNeverSent) {
  ApiFixture fixture([](const ReceivedRequest&) {
    return RawReply{.bytes = HttpReply(200, "{}")};
  });
  KubernetesView view(fixture.api());
  for (const ObjectRef& ref :
       {ObjectRef{ObjectKind::kPod, "shop", ".."},
        ObjectRef{ObjectKind::kPod, "shop", "a/../../nodes/n"},
        ObjectRef{ObjectKind::kPod, "", "a"},
        ObjectRef{ObjectKind::kPod, "shop/pods/x", "a"},
        ObjectRef{ObjectKind::kPod, "shop", "a?x=y"},
        ObjectRef{ObjectKind::kNode, "shop", "n"}}) {
    const auto object = view.Get(ref);
    ASSERT_FALSE(object.ok()) << ToString(ref);
    EXPECT_EQ(object.error().code, Code::kInvalidArgument);
  }
  for (const ListQuery& query :
       {ListQuery{.kind = ObjectKind::kPod, .ns = "a b"},
        ListQuery{.kind = ObjectKind::kPod, .selector = {{"a", "b,c=d"}}},
        ListQuery{.kind = ObjectKind::kPod, .selector = {{"", "b"}}},
        ListQuery{.kind = ObjectKind::kPod, .node = "n,x=y"},
        ListQuery{.kind = ObjectKind::kDeployment, .node = "n"},
        ListQuery{.kind = ObjectKind::kNode, .ns = "shop"}}) {
    EXPECT_FALSE(view.List(query).ok());
  }
  EXPECT_TRUE(fixture.server().requests().empty());
}

TEST(KubernetesView, TellsGoneFromEveryOtherFailure) {
  const std::vector<std::pair<RawReply, Code>> cases = {
      {{.bytes = HttpReply(404, FailureStatus(404, "NotFound"))},
       Code::kNotFound},
      {{.bytes = HttpReply(404, "404 page not found", "text/plain")},
       Code::kInternal},
      {{.bytes = HttpReply(404, "{}")}, Code::kInternal},
      {{.bytes = HttpReply(403, FailureStatus(403, "Forbidden"))},
       Code::kPermissionDenied},
      {{.bytes = HttpReply(401, FailureStatus(401, "Unauthorized"))},
       Code::kUnauthenticated},
      {{.bytes = HttpReply(429, "Too many requests", "text/plain")},
       Code::kUnavailable},
      {{.bytes = HttpReply(503, "<html>", "text/html")}, Code::kUnavailable},
      {{.bytes = HttpReply(504, FailureStatus(504, "Timeout"))},
       Code::kDeadlineExceeded},
      {{.bytes = HttpReply(302, "", "", "Location: http://x/\r\n")},
       Code::kInternal},
      {{.bytes = HttpReply(200, "<html>", "text/html")}, Code::kInternal},
      {{.bytes = HttpReply(200, FailureStatus(404, "NotFound"))},
       Code::kInternal},
      {{.bytes = HttpReply(200, PodJson("other").dump())}, Code::kInternal},
      {{.bytes = HttpReply(200, PodJson("cart-0", "x").dump())},
       Code::kInternal},
      {{.bytes = HttpReply(204, "")}, Code::kInternal},
      {{.bytes = "HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n{}"},
       Code::kInternal},
      {{.bytes = ""}, Code::kUnavailable},
  };
  for (const auto& [reply, code] : cases) {
    const RawReply answer = reply;
    ApiFixture fixture([answer](const ReceivedRequest&) { return answer; });
    KubernetesView view(fixture.api());
    const auto object = view.Get(kPodRef);
    ASSERT_FALSE(object.ok()) << reply.bytes;
    EXPECT_EQ(object.error().code, code) << reply.bytes;
  }
}

struct Discovered {
  std::string version;  ///< The answer to /apis/argoproj.io/v1alpha1.
  std::string groups;   ///< The answer to /apis.
  Code code;
};

TEST(KubernetesView, AKindIsAbsentWhereTheApiServerItselfSaysSo) {
  const std::string none = HttpReply(404, "404 page not found", "text/plain");
  const std::string others =
      HttpReply(200, R"({"kind":"APIGroupList","groups":[{"name":"apps"}]})");
  const std::string known = HttpReply(
      200, R"({"kind":"APIGroupList","groups":[{"name":"argoproj.io"}]})");
  const std::string without = HttpReply(
      200,
      R"({"kind":"APIResourceList","resources":[{"name":"applications"}]})");
  const std::string with = HttpReply(
      200, R"({"kind":"APIResourceList","resources":[{"name":"rollouts"}]})");
  const std::vector<Discovered> cases = {
      {none, others, Code::kNotFound},
      {without, others, Code::kNotFound},
      {with, others, Code::kInternal},
      {none, known, Code::kInternal},
      {none, none, Code::kInternal},
      {none, HttpReply(200, "{}"), Code::kInternal},
      {none, HttpReply(200, R"({"kind":"APIGroupList"})"), Code::kInternal},
      {none, HttpReply(200, "<html>", "text/html"), Code::kInternal},
      {HttpReply(403, FailureStatus(403, "Forbidden")), others,
       Code::kInternal},
      {HttpReply(503, ""), others, Code::kInternal},
  };
  for (std::size_t i = 0; i < cases.size(); ++i) {
    const Discovered one = cases[i];
    ApiFixture fixture([one, none](const ReceivedRequest& request) {
      if (request.target == "/apis") return RawReply{.bytes = one.groups};
      const bool version = request.target == "/apis/argoproj.io/v1alpha1";
      return RawReply{.bytes = version ? one.version : none};
    });
    KubernetesView view(fixture.api());
    const auto list = view.List({.kind = ObjectKind::kRollout, .ns = "shop"});
    ASSERT_FALSE(list.ok()) << i;
    EXPECT_EQ(list.error().code, one.code) << i << list.error().message;
    const auto object = view.Get({ObjectKind::kRollout, "shop", "cart"});
    ASSERT_FALSE(object.ok()) << i;
    EXPECT_EQ(object.error().code, one.code) << i << object.error().message;
  }
}

TEST(KubernetesView, FollowsEveryPage) {
  ApiFixture fixture([](const ReceivedRequest& request) {
    const auto at = request.target.find("continue=");
    const std::string token =
        at == std::string::npos ? "" : request.target.substr(at + 9);
    if (token.empty()) {
      return RawReply{.bytes = HttpReply(200, PageJson({"a", "b"}, "t/1=")),
                      .close = false};
    }
    if (token == "t%2F1%3D") {
      return RawReply{.bytes = HttpReply(200, PageJson({"c"}, "t2")),
                      .close = false};
    }
    return RawReply{.bytes = HttpReply(200, PageJson({"d"})), .close = false};
  });
  KubernetesView view(fixture.api());
  const auto pods = view.List({.kind = ObjectKind::kPod,
                               .ns = "shop",
                               .selector = {{"app", "cart"}, {"x.io/y", ""}},
                               .node = "n1"});
  ASSERT_TRUE(pods.ok()) << pods.error().message;
  ASSERT_EQ(pods->size(), 4u);
  EXPECT_EQ((*pods)[3].ref.name, "d");
  EXPECT_EQ(fixture.server().requests()[0].target,
            "/api/v1/namespaces/shop/pods?"
            "labelSelector=app%3Dcart%2Cx.io%2Fy%3D&"
            "fieldSelector=spec.nodeName%3Dn1&limit=500");
}

TEST(KubernetesView, StartsOverOnceWhenTheSnapshotIsGone) {
  int calls = 0;
  ApiFixture fixture([&calls](const ReceivedRequest& request) {
    ++calls;
    if (request.target.find("continue=") != std::string::npos && calls == 2) {
      return RawReply{.bytes = HttpReply(410, FailureStatus(410, "Expired"))};
    }
    return RawReply{.bytes =
                        HttpReply(200, PageJson({"a"}, calls == 1 ? "t" : ""))};
  });
  KubernetesView view(fixture.api());
  const auto pods = view.List({.kind = ObjectKind::kPod, .ns = "shop"});
  ASSERT_TRUE(pods.ok()) << pods.error().message;
  EXPECT_EQ(pods->size(), 1u);
}

TEST(KubernetesView, AFailureOnALaterPageFailsTheWholeList) {
  int calls = 0;
  ApiFixture fixture([&calls](const ReceivedRequest&) {
    if (++calls > 1) return RawReply{.bytes = HttpReply(500, "{}")};
    return RawReply{.bytes = HttpReply(200, PageJson({"a"}, "t"))};
  });
  KubernetesView view(fixture.api());
  const auto pods = view.List({.kind = ObjectKind::kPod, .ns = "shop"});
  ASSERT_FALSE(pods.ok());
  EXPECT_EQ(pods.error().code, Code::kUnavailable);
}

TEST(KubernetesView, RefusesObjectsOfAnotherNamespace) {
  ApiFixture fixture([](const ReceivedRequest&) {
    return RawReply{.bytes = HttpReply(200, PageJson({"a"}))};
  });
  KubernetesView view(fixture.api());
  EXPECT_FALSE(view.List({.kind = ObjectKind::kPod, .ns = "other"}).ok());
  EXPECT_TRUE(view.List({.kind = ObjectKind::kPod}).ok());
}

TEST(Access, AsksForOneRight) {
  bool allowed = true;
  ApiFixture fixture([&allowed](const ReceivedRequest&) {
    return RawReply{
        .bytes = HttpReply(201, std::string(R"({"status":{"allowed":)") +
                                    (allowed ? "true" : "false") + "}}")};
  });
  const Right right{.verb = "create",
                    .group = "",
                    .resource = "pods",
                    .subresource = "eviction",
                    .ns = "shop"};
  EXPECT_TRUE(*AccessReview(fixture.api()).Has(right));
  allowed = false;
  EXPECT_FALSE(*AccessReview(fixture.api()).Has(right));
  const json body = json::parse(fixture.server().requests()[0].body);
  const json& attributes = body["spec"]["resourceAttributes"];
  EXPECT_EQ(attributes["verb"], "create");
  EXPECT_EQ(attributes["resource"], "pods");
  EXPECT_EQ(attributes["subresource"], "eviction");
}

TEST(Access, NoVerdictIsAnError) {
  for (const char* body : {"{}", "[]", "x", R"({"status":{}})",
                           R"({"status":{"allowed":"yes"}})"}) {
    ApiFixture fixture([body](const ReceivedRequest&) {
      return RawReply{.bytes = HttpReply(201, body)};
    });
    EXPECT_FALSE(AccessReview(fixture.api())
                     .Has({.verb = "get", .group = "", .resource = "pods"})
                     .ok())
        << body;
  }
}

}  // namespace
}  // namespace selfheal::kubernetes
