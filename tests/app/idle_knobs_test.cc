#include "app/idle_knobs.h"

#include <gtest/gtest.h>

namespace selfheal {
namespace {

TEST(IdleKnobs, NamesWhatSomebodySet) {
  Config config;
  EXPECT_TRUE(IdleKnobs(config).empty());
  config.slack.bot_token_file = "/etc/selfheal/bot";
  config.kafka.bootstrap_servers = {"kafka:9092"};
  EXPECT_EQ(IdleKnobs(config),
            (std::vector<std::string>{"slack.bot_token_file",
                                      "kafka.bootstrap_servers"}));
}

}  // namespace
}  // namespace selfheal
