#include "app/idle_knobs.h"

#include <gtest/gtest.h>

namespace selfheal {
namespace {

TEST(IdleKnobs, NamesWhatSomebodySet) {
  Config config;
  EXPECT_TRUE(IdleKnobs(config).empty());
  config.kafka.bootstrap_servers = {"kafka:9092"};
  config.kafka.alert_topic = "alerts";
  EXPECT_EQ(IdleKnobs(config),
            (std::vector<std::string>{"kafka.bootstrap_servers",
                                      "kafka.alert_topic"}));
}

}  // namespace
}  // namespace selfheal
