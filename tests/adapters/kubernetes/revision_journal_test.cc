#include "adapters/kubernetes/revision_journal.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "adapters/kubernetes/template_diff.h"
#include "tests/adapters/kubernetes/api_fixture.h"

namespace selfheal::kubernetes {
namespace {

using nlohmann::json;
using selfheal::testing::HttpReply;
using selfheal::testing::RawReply;
using selfheal::testing::ReceivedRequest;

const ObjectRef kCart{ObjectKind::kDeployment, "shop", "cart"};

json Template(const std::string& image) {
  return {{"metadata", {{"labels", {{"app", "cart"}}}}},
          {"spec", {{"containers", {{{"name", "app"}, {"image", image}}}}}}};
}

json DeploymentJson() {
  return json::parse(R"({"kind":"Deployment","metadata":{"name":"cart",
    "namespace":"shop","uid":"d1","resourceVersion":"9",
    "managedFields":[
      {"manager":"helm","time":"2026-01-01T10:00:00Z",
       "fieldsV1":{"f:spec":{}}},
      {"manager":"kubectl-edit","time":"2026-01-01T13:00:00Z",
       "fieldsV1":{"f:spec":{"f:template":{}}}},
      {"manager":"kube-controller-manager","time":"2026-01-01T14:00:00Z",
       "fieldsV1":{"f:status":{}}}]},
    "spec":{"selector":{"matchLabels":{"app":"cart"}}}})");
}

json ReplicaSet(int revision, const std::string& created,
                const std::string& image, const std::string& owner = "d1") {
  json pod_template = Template(image);
  pod_template["metadata"]["labels"]["pod-template-hash"] =
      std::to_string(revision);
  return {{"metadata",
           {{"name", "cart-" + std::to_string(revision)},
            {"namespace", "shop"},
            {"uid", "r" + std::to_string(revision)},
            {"resourceVersion", "1"},
            {"creationTimestamp", created},
            {"annotations",
             {{"deployment.kubernetes.io/revision", std::to_string(revision)}}},
            {"ownerReferences",
             {{{"kind", "Deployment"},
               {"name", "cart"},
               {"uid", owner},
               {"controller", true}}}}}},
          {"spec", {{"template", pod_template}}}};
}

Result<std::vector<SpecChange>> Ask(const json& items, Time since) {
  ApiFixture fixture([&](const ReceivedRequest& request) {
    const bool list = request.target.find("replicasets") != std::string::npos;
    const json body = list
                          ? json({{"kind", "ReplicaSetList"}, {"items", items}})
                          : DeploymentJson();
    return RawReply{.bytes = HttpReply(200, body.dump())};
  });
  return RevisionJournal(fixture.api()).Since(kCart, since);
}

TEST(RevisionJournal, TellsWhatChangedWhenAndByWhom) {
  const auto changes =
      Ask(json::array({ReplicaSet(1, "2026-01-01T10:00:00Z", "a:1"),
                       ReplicaSet(3, "2026-01-01T13:00:00Z", "a:3"),
                       ReplicaSet(2, "2026-01-01T12:00:00Z", "a:2"),
                       ReplicaSet(9, "2026-01-01T15:00:00Z", "x", "other")}),
          *ParseTime("2026-01-01T11:00:00Z"));
  ASSERT_TRUE(changes.ok()) << changes.error().message;
  ASSERT_EQ(changes->size(), 2u);
  const SpecChange& newest = (*changes)[0];
  EXPECT_EQ(newest.revision, 3);
  EXPECT_EQ(newest.by, "kubectl-edit");
  EXPECT_EQ(FormatTime(newest.at), "2026-01-01T13:00:00.000Z");
  EXPECT_EQ(newest.fields,
            std::vector<std::string>{"spec.template.spec.containers[0].image"});
  EXPECT_EQ((*changes)[1].revision, 2);
  EXPECT_EQ((*changes)[1].by, "");
}

TEST(RevisionJournal, ATemplateThatCameBackChangedWhenItWasWritten) {
  json back = ReplicaSet(4, "2026-01-01T10:00:00Z", "a:1");
  back["metadata"]["annotations"]["deployment.kubernetes.io/revision-history"] =
      "1";
  const auto changes =
      Ask(json::array({back, ReplicaSet(3, "2026-01-01T12:00:00Z", "a:3")}),
          *ParseTime("2026-01-01T12:30:00Z"));
  ASSERT_TRUE(changes.ok());
  ASSERT_EQ(changes->size(), 1u);
  EXPECT_EQ((*changes)[0].revision, 4);
  EXPECT_EQ(FormatTime((*changes)[0].at), "2026-01-01T13:00:00.000Z");
}

TEST(RevisionJournal, NothingChangedIsAnEmptyAnswer) {
  const auto changes =
      Ask(json::array({ReplicaSet(1, "2026-01-01T10:00:00Z", "a:1")}),
          *ParseTime("2026-01-01T11:00:00Z"));
  ASSERT_TRUE(changes.ok());
  EXPECT_TRUE(changes->empty());
}

TEST(RevisionJournal, NonsenseIsAnError) {
  json bad = ReplicaSet(1, "2026-01-01T10:00:00Z", "a:1");
  bad["metadata"].erase("uid");
  EXPECT_FALSE(Ask(json::array({bad}), Time()).ok());
}

TEST(RevisionJournal, APodHasNoJournal) {
  ApiFixture fixture([](const ReceivedRequest&) { return RawReply{}; });
  const auto changes =
      RevisionJournal(fixture.api()).Since({ObjectKind::kPod, "s", "p"}, {});
  ASSERT_TRUE(changes.ok());
  EXPECT_TRUE(changes->empty());
  EXPECT_TRUE(fixture.server().requests().empty());
}

TEST(TemplateDiff, NamesAddedRemovedAndChangedFields) {
  const json before = json::parse(
      R"({"a":1,"b":{"x.io/y":"1","pod-template-hash":"q"},"c":[1,2],"d":0})");
  const json after = json::parse(
      R"({"a":2,"b":{"x.io/y":"2","pod-template-hash":"z"},"c":[1],"e":0})");
  EXPECT_EQ(TemplateDiff(before, after),
            (std::vector<std::string>{
                "spec.template.a", "spec.template.b['x.io/y']",
                "spec.template.c", "spec.template.d", "spec.template.e"}));
  EXPECT_TRUE(TemplateDiff(before, before).empty());
}

}  // namespace
}  // namespace selfheal::kubernetes
