// A receiver looks at neither Prometheus nor the cluster: of both it says
// nothing, so that no alert about them fires for it.
#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>

#include "app/app.h"

namespace selfheal::testing {
namespace {

/// What /metrics of that role says while the Watchdog alert is required.
std::string MetricsOf(Role role) {
  std::string folder = "/tmp/selfheal-metrics-XXXXXX";
  SELFHEAL_CHECK(mkdtemp(folder.data()) != nullptr);
  Config config;
  config.database.url = "sqlite://" + folder + "/selfheal.db";
  config.guards.require_watchdog = true;
  config.log.level = "error";
  std::vector<SourceFinding> findings;
  auto app = App::Create(config, &findings, role);
  SELFHEAL_CHECK(app.ok());
  std::string text = (*app)->MetricsText();
  app->reset();
  std::error_code ignored;
  std::filesystem::remove_all(folder, ignored);
  return text;
}

TEST(ReceiverMetrics, WhoDoesNotLookIsNotBlind) {
  EXPECT_NE(MetricsOf(Role::kAll).find("\nselfheal_blind 1\n"),
            std::string::npos);
  const std::string receiver = MetricsOf(Role::kReceiver);
  EXPECT_NE(receiver.find("\nselfheal_blind 0\n"), std::string::npos);
  EXPECT_EQ(receiver.find(R"(dependency="prometheus")"), std::string::npos);
  EXPECT_EQ(receiver.find(R"(dependency="kubernetes")"), std::string::npos);
}

}  // namespace
}  // namespace selfheal::testing
