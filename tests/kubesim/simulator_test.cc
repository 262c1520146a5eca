#include "sim/kubesim/simulator.h"

#include <sstream>

#include "tests/kubesim/fixture.h"

namespace kubesim {
namespace {

const std::string kCart = std::string(kDeployments) + "/cart";

class RunningTest : public SimulatorTest {
 protected:
  RunningTest() {
    simulator_.Apply(DeploymentOf("cart", 2));
    Seconds(10);
    simulator_.ClearLog();
  }

  Json Label(const std::string& value) {
    return {{"metadata", {{"labels", {{"x", value}}}}}};
  }
};

TEST_F(RunningTest, WrongTokenIsRefused) {
  const Client stranger(simulator_.url(), "wrong");
  EXPECT_EQ(stranger.Get(kCart).code, 401);
  EXPECT_EQ(stranger.Patch(kCart, Label("1")).code, 401);
  EXPECT_EQ(CountChanges(simulator_.Log()), 0);
}

TEST_F(RunningTest, LogTellsWhichRequestChangedSomething) {
  client_->Patch(kCart + "?dryRun=All&fieldManager=me", Label("1"));
  client_->Patch(kCart + "?fieldManager=me", Label("1"));
  client_->Patch(kCart, Label("1"));
  const RequestLog log = simulator_.Log();
  ASSERT_EQ(log.size(), 3u);
  EXPECT_TRUE(log[0].dry_run);
  EXPECT_FALSE(log[0].changed);
  EXPECT_TRUE(log[1].changed);
  EXPECT_EQ(log[1].query, "fieldManager=me");
  EXPECT_FALSE(log[2].changed);
  EXPECT_EQ(log[1].object_version,
            Text(Deployment("cart"), {"metadata", "resourceVersion"}));
}

TEST_F(RunningTest, SwallowedAnswerWasApplied) {
  simulator_.AddFault(
      {.method = "PATCH", .path_has = "cart", .failure = Failure::kSwallow});
  EXPECT_EQ(client_->Patch(kCart, Label("1")).code, 0);
  EXPECT_EQ(Text(Deployment("cart"), {"metadata", "labels", "x"}), "1");
  const RequestLog log = simulator_.Log();
  ASSERT_EQ(log.size(), 1u);
  EXPECT_FALSE(log[0].answered);
  EXPECT_TRUE(log[0].changed);
  EXPECT_EQ(client_->Patch(kCart, Label("2")).code, 200);
}

TEST_F(RunningTest, DroppedRequestWasNotApplied) {
  simulator_.AddFault(
      {.method = "PATCH", .path_has = "", .failure = Failure::kDrop});
  EXPECT_EQ(client_->Patch(kCart, Label("1")).code, 0);
  EXPECT_EQ(Text(Deployment("cart"), {"metadata", "labels", "x"}), "");
  EXPECT_FALSE(simulator_.Log().at(0).applied);
}

TEST_F(RunningTest, ErrorsBeforeAndAfterApplying) {
  simulator_.AddFault({.method = "PATCH",
                       .path_has = "",
                       .failure = Failure::kErrorBefore,
                       .code = 503});
  EXPECT_EQ(client_->Patch(kCart, Label("1")).code, 503);
  EXPECT_EQ(CountChanges(simulator_.Log()), 0);
  simulator_.AddFault({.method = "PATCH",
                       .path_has = "",
                       .failure = Failure::kErrorAfter,
                       .code = 500});
  EXPECT_EQ(client_->Patch(kCart, Label("1")).code, 500);
  EXPECT_EQ(CountChanges(simulator_.Log()), 1);
}

TEST_F(RunningTest, ConflictGarbageAndBusy) {
  simulator_.AddFault(
      {.method = "", .path_has = "cart", .failure = Failure::kConflict});
  EXPECT_EQ(client_->Patch(kCart, Label("1")).Reason(), "Conflict");
  simulator_.AddFault(
      {.method = "GET", .path_has = "cart", .failure = Failure::kGarbage});
  const Answered garbage = client_->Get(kCart);
  EXPECT_EQ(garbage.code, 200);
  EXPECT_TRUE(garbage.body.is_null());
  simulator_.AddFault(
      {.method = "GET", .path_has = "cart", .failure = Failure::kBusy});
  const Answered busy = client_->Get(kCart);
  EXPECT_EQ(busy.code, 429);
  EXPECT_EQ(busy.content_type.rfind("text/plain", 0), 0u);
}

TEST_F(RunningTest, ControlEndpointsWorkOverHttp) {
  EXPECT_EQ(
      client_
          ->Post("/sim/faults",
                 {{"method", "PATCH"}, {"path", "cart"}, {"do", "conflict"}})
          .code,
      200);
  EXPECT_EQ(client_->Patch(kCart, Label("1")).code, 409);
  const Answered injected =
      client_->Post("/sim/inject", {{"namespace", "shop"},
                                    {"name", "cart"},
                                    {"settings", {{"behaviour", "leak"}}}});
  EXPECT_EQ(Number(injected.body, {"pods"}), 2);
  EXPECT_EQ(client_->Post("/sim/advance", {{"seconds", 60}}).code, 200);
  EXPECT_EQ(client_->Get("/sim/log").body["items"].size(), 1u);
  EXPECT_EQ(client_->Post("/sim/faults", {{"do", "magic"}}).code, 400);
}

TEST_F(RunningTest, DeniedVerbIsForbiddenAndReviewed) {
  client_->Post("/sim/deny", {{"what", "patch deployments"}});
  EXPECT_EQ(client_->Patch(kCart, Label("1")).Reason(), "Forbidden");
  const Answered review =
      client_->Post("/apis/authorization.k8s.io/v1/selfsubjectaccessreviews",
                    {{"spec",
                      {{"resourceAttributes",
                        {{"verb", "patch"}, {"resource", "deployments"}}}}}});
  EXPECT_EQ(review.code, 201);
  EXPECT_FALSE(review.body["status"]["allowed"].get<bool>());
}

TEST_F(RunningTest, HistoryEndsWhereTheLiveFiguresBegin) {
  Seconds(3600);
  const std::string pod =
      Text(simulator_.List("pods", "shop")[0], {"metadata", "name"});
  const double live = Sample("http_requests_total", pod);
  std::ostringstream out;
  simulator_.WriteHistory({.from = simulator_.Now() - std::chrono::hours(2),
                           .to = simulator_.Now(),
                           .extra = {{"job", "sim"}},
                           .families = {"http_", "kube_pod_info"}},
                          out);
  EXPECT_EQ(out.str().find("container_memory"), std::string::npos);
  double last = -1;
  double previous = -1;
  std::istringstream lines(out.str());
  for (std::string line; std::getline(lines, line);) {
    if (line.rfind("http_requests_total", 0) != 0) continue;
    if (line.find(pod) == std::string::npos ||
        line.find("code=\"200\"") == std::string::npos) {
      continue;
    }
    std::istringstream parts(line.substr(line.find("} ") + 2));
    double value = 0;
    parts >> value;
    EXPECT_GE(value, previous);
    previous = value;
    last = value;
  }
  EXPECT_EQ(last, live);
  EXPECT_NE(out.str().find("job=\"sim\""), std::string::npos);
  EXPECT_EQ(out.str().substr(out.str().size() - 6), "# EOF\n");
}

TEST(RealTimeTest, ShopIsOldAndNamesFollowTheSeed) {
  Options options;
  options.seed = 7;
  options.shop = true;
  options.age = std::chrono::hours(2);
  Simulator one(options);
  Simulator two(options);
  const std::vector<Json> pods = one.List("pods", "shop");
  const std::vector<Json> again = two.List("pods", "shop");
  ASSERT_EQ(pods.size(), 10u);
  ASSERT_EQ(again.size(), pods.size());
  for (std::size_t i = 0; i < pods.size(); ++i) {
    EXPECT_EQ(Text(pods[i], {"metadata", "name"}),
              Text(again[i], {"metadata", "name"}));
    EXPECT_EQ(Text(pods[i], {"metadata", "uid"}),
              Text(again[i], {"metadata", "uid"}));
    EXPECT_LT(ParseTime(Text(pods[i], {"metadata", "creationTimestamp"})),
              one.Now() - std::chrono::minutes(110));
  }
}

}  // namespace
}  // namespace kubesim
