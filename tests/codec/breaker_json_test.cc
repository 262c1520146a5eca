#include "codec/breaker_json.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace selfheal {
namespace {

using nlohmann::json;

TEST(BreakerJson, ListsClosedOnesTooAndOpenOnesOfRemovedRunbooks) {
  const Time at = *ParseTime("2026-11-25T12:00:00Z");
  const std::vector<BreakerRow> open = {
      {"global", at, "storm: \"5\"", at + seconds(60)},
      {"removed", at, "failed", std::nullopt}};
  EXPECT_EQ(json::parse(BreakersJson({"global", "memory-leak"}, open)),
            json::parse(R"({"items":[
      {"scope":"global","open":true,"reason":"storm: \"5\"",
       "since":"2026-11-25T12:00:00.000Z",
       "closes_at":"2026-11-25T12:01:00.000Z"},
      {"scope":"memory-leak","open":false,"reason":"","since":null,
       "closes_at":null},
      {"scope":"removed","open":true,"reason":"failed",
       "since":"2026-11-25T12:00:00.000Z","closes_at":null}]})"));
  EXPECT_EQ(json::parse(BreakerJson("memory-leak", open)).at("open"), false);
}

}  // namespace
}  // namespace selfheal
