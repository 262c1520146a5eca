#include "execute/flat_json.h"

#include <gtest/gtest.h>

#include <string>

namespace selfheal {
namespace {

TEST(FlatJson, ReadsWhatWeSend) {
  const auto leaves = Flatten(
      R"({"a":"x","b":{"c/d.e":3,"f":{"g":null}},"h":"","i":0,"j":false,"k":true})");
  ASSERT_TRUE(leaves.ok());
  const FlatJson expected = {
      {"a", "\"x\""}, {"b|c/d.e", "3"}, {"b|f|g", "null"}, {"h", "\"\""},
      {"i", "0"},     {"j", "false"},   {"k", "true"}};
  EXPECT_EQ(*leaves, expected);
}

TEST(FlatJson, RefusesEverythingElse) {
  const std::string deep =
      R"({"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":1}}}}}}}}})";
  const std::string cases[] = {
      "",
      "{}",
      "[]",
      "1",
      "null",
      R"("a")",
      R"({"a":1)",
      R"({"a":1}})",
      R"({"a":1} )",
      R"( {"a":1})",
      R"({"a": 1})",
      R"({"a":1,})",
      R"({,"a":1})",
      R"({"a":[]})",
      R"({"a":["All"]})",
      R"({"a":False})",
      R"({"a":falsex})",
      R"({"a":-1})",
      R"({"a":01})",
      R"({"a":1.5})",
      R"({"a":1e3})",
      R"({"a":{}})",
      R"({"":1})",
      R"({"a|b":1})",
      R"({"a":"\u0041"})",
      R"({"a":"\""})",
      "{\"a\":\"\n\"}",
      "{\"a\":\"\x7f\"}",
      "{\"a\":\"\xc3\xa4\"}",
      R"({"a":1,"a":1})",
      R"({"a":1,"a":2})",
      R"({"a":tru})",
      R"({"a":truetrue})",
      R"({"a":nul})",
      R"({"a":nullnull})",
      R"({a:1})",
      R"({"a":1}{"a":1})",
      deep,
      "{\"a\":\"" + std::string(70000, 'x') + "\"}",
  };
  for (const std::string& text : cases) {
    EXPECT_FALSE(Flatten(text).ok()) << text.substr(0, 60);
  }
}

TEST(FlatJson, EveryPrefixOfAGoodTextIsRefused) {
  const std::string text = R"({"a":"x","b":{"c":3,"d":null}})";
  ASSERT_TRUE(Flatten(text).ok());
  for (std::size_t i = 0; i < text.size(); ++i) {
    EXPECT_FALSE(Flatten(text.substr(0, i)).ok()) << i;
  }
}

}  // namespace
}  // namespace selfheal
