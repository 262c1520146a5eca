#include "execute/json_leaves.h"

#include <gtest/gtest.h>

namespace selfheal {
namespace {

using Paths = std::vector<std::string>;

TEST(JsonLeaves, ElementsGoByTheirName) {
  const auto leaves = LeavesOf(
      R"({"a":{"b":[{"name":"x","v":1},{"v":true},"s"],"c":{}},"d":[],"e":null})");
  ASSERT_TRUE(leaves.ok()) << leaves.error().message;
  EXPECT_EQ(*leaves, (JsonLeaves{{"a.b[x].name", "\"x\""},
                                 {"a.b[x].v", "1"},
                                 {"a.b[1].v", "true"},
                                 {"a.b[2]", "\"s\""},
                                 {"a.c", "{}"},
                                 {"d", "[]"},
                                 {"e", "null"}}));
}

TEST(JsonLeaves, TwoOfOneNameAreTwo) {
  const auto leaves =
      LeavesOf(R"({"l":[{"name":"x","v":1},{"name":"x","v":2}]})");
  ASSERT_TRUE(leaves.ok());
  EXPECT_EQ(leaves->at("l[x].v"), "1");
  EXPECT_EQ(leaves->at("l[x#1].v"), "2");
}

TEST(JsonLeaves, EscapesEndNoString) {
  const auto leaves = LeavesOf(R"({"a":"x\",\"b\":\"y\\","c":1})");
  ASSERT_TRUE(leaves.ok());
  EXPECT_EQ(leaves->size(), 2u);
  EXPECT_EQ(leaves->at("c"), "1");
}

/// Objects within objects, well formed.
std::string Nested(int levels) {
  std::string text = "1";
  for (int i = 0; i < levels; ++i) text = "{\"a\":" + text + "}";
  return text;
}

TEST(JsonLeaves, DepthAndLengthHaveAnEnd) {
  EXPECT_TRUE(LeavesOf(Nested(31)).ok());
  EXPECT_FALSE(LeavesOf(Nested(32)).ok());
  const std::string frame = R"({"a":""})";
  const std::string most(1024 * 1024 - frame.size(), 'x');
  EXPECT_TRUE(LeavesOf(R"({"a":")" + most + R"("})").ok());
  EXPECT_FALSE(LeavesOf(R"({"a":")" + most + R"(x"})").ok());
}

TEST(JsonLeaves, WhatIsNoSuchTextIsAnError) {
  std::string deep;
  for (int i = 0; i < 40; ++i) deep += R"({"a":)";
  for (const std::string& text :
       {std::string(), std::string("[]"), std::string("{"),
        std::string(R"({"a":1}x)"), std::string(R"({"a":1,"a":2})"),
        std::string(R"({"a":})"), std::string(R"({"a" :1})"),
        std::string(R"({"a":"b})"), deep}) {
    EXPECT_FALSE(LeavesOf(text).ok()) << text;
  }
}

TEST(DifferingPaths, AreWhatChangedCameOrWent) {
  const auto paths =
      DifferingPaths(R"({"a":1,"b":2,"l":[{"name":"x","v":1}]})",
                     R"({"a":1,"c":2,"l":[{"name":"x","v":2}]})");
  ASSERT_TRUE(paths.ok());
  EXPECT_EQ(*paths, (Paths{"b", "c", "l[x].v"}));
  EXPECT_TRUE(DifferingPaths(R"({"a":1})", R"({"a":1})")->empty());
  EXPECT_FALSE(DifferingPaths("{}x", "{}").ok());
}

}  // namespace
}  // namespace selfheal
