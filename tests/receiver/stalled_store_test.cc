// The whole service over a disk that waits or fails: an alert that is not
// stored is a 503 in time, never a 200, and is taken once the disk is well.
#include <gtest/gtest.h>

#include <thread>

#include "app/app.h"
#include "receiver/service.h"
#include "support/faulty_disk.h"
#include "support/paths.h"
#include "tests/receiver/raw_client.h"
#include "tests/receiver/test_server.h"

namespace selfheal::testing {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

class StalledStore : public ::testing::Test {
 protected:
  StalledStore() {
    const std::string folder = FreshFolder();
    config_.listen = "127.0.0.1:0";
    config_.database.url = "sqlite://" + folder + "/selfheal.db";
    config_.prometheus.url = "http://127.0.0.1:1";
    config_.kubernetes.kubeconfig = WriteFile(folder, "kubeconfig", kNoCluster);
    config_.rules_dir = SourceDir() + "/rules";
    config_.runbooks_dir = SourceDir() + "/runbooks";
    config_.auth.webhook_token_file =
        WriteFile(folder, "token", TestServer::kWebhookToken);
    config_.log.level = "error";
    std::vector<SourceFinding> findings;
    auto app = App::Create(config_, &findings);
    SELFHEAL_CHECK(app.ok());
    app_ = *std::move(app);
    auto authenticator = Authenticator::Load(config_.auth, AuthMode::kStrict);
    SELFHEAL_CHECK(authenticator.ok());
    auto service = Service::Start(*app_, config_, *std::move(authenticator));
    SELFHEAL_CHECK(service.ok());
    service_ = *std::move(service);
    SELFHEAL_CHECK(app_->Start().ok());
  }
  ~StalledStore() override {
    disk_.Heal();
    service_->Stop();
    app_->Stop();
  }

  std::string Post(int alerts) {
    RawClient client(service_->port());
    client.Send(Request("POST", "/api/v1/alerts", TestServer::kWebhookToken,
                        Payload(alerts)));
    return client.ReadAnswer();
  }
  int Ready() {
    RawClient client(service_->port());
    client.Send(Request("GET", "/-/ready", ""));
    return StatusOf(client.ReadAnswer());
  }
  /// Posts until it is taken; as Alertmanager does.
  std::string PostUntilTaken(int alerts) {
    std::string answer;
    for (int i = 0; i < 1000; ++i) {
      answer = Post(alerts);
      if (StatusOf(answer) == 200) return answer;
      EXPECT_EQ(StatusOf(answer), 503) << answer;
      std::this_thread::sleep_for(milliseconds(10));
    }
    return answer;
  }
  std::size_t Stored() {
    const auto page = app_->alerts().List(AlertQuery{});
    return page.ok() ? page->items.size() : 0;
  }

  static constexpr std::string_view kNoCluster =
      "apiVersion: v1\nkind: Config\ncurrent-context: c\n"
      "contexts: [{name: c, context: {cluster: c, user: u}}]\n"
      "clusters: [{name: c, cluster: {server: 'http://127.0.0.1:1'}}]\n"
      "users: [{name: u, user: {token: t}}]\n";

  FaultyDisk disk_;  // The store goes before it.
  Config config_;
  std::unique_ptr<App> app_;
  std::unique_ptr<Service> service_;
};

TEST_F(StalledStore, WhatWaitsForTheDiskIs503WithinASecond) {
  EXPECT_EQ(StatusOf(Post(1)), 200);
  disk_.Stall();
  auto fastest = steady_clock::duration::max();
  for (int i = 0; i < 3; ++i) {
    const auto begin = steady_clock::now();
    const std::string answer = Post(2);
    fastest = std::min(fastest, steady_clock::now() - begin);
    EXPECT_EQ(StatusOf(answer), 503) << answer;
    EXPECT_TRUE(HasField(answer, "Connection: close"));
  }
  EXPECT_LT(fastest, std::chrono::seconds(1));
  EXPECT_EQ(Stored(), 1u);
  disk_.Heal();
  const std::string taken = PostUntilTaken(2);
  EXPECT_EQ(StatusOf(taken), 200) << taken;
  EXPECT_EQ(Stored(), 2u) << "once, however often it was posted";
}

TEST_F(StalledStore, AFailingDiskIs503AndNotReadyUntilItIsWell) {
  EXPECT_EQ(StatusOf(Post(1)), 200);
  EXPECT_EQ(Ready(), 200);
  disk_.FailAt(1, FaultyDisk::Fault::kOnwards);
  const std::string answer = Post(2);
  EXPECT_EQ(StatusOf(answer), 503) << answer;
  EXPECT_TRUE(HasField(answer, "Connection: close"));
  EXPECT_EQ(Ready(), 503);
  const auto begin = steady_clock::now();
  EXPECT_EQ(StatusOf(Post(2)), 503);
  EXPECT_LT(steady_clock::now() - begin, milliseconds(700))
      << "refused at once, not waited for";
  EXPECT_EQ(Stored(), 1u);
  disk_.Heal();
  EXPECT_EQ(StatusOf(PostUntilTaken(2)), 200);
  EXPECT_EQ(Ready(), 200);
  EXPECT_EQ(Stored(), 2u);
}

}  // namespace
}  // namespace selfheal::testing
