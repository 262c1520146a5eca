#include "adapters/yaml/matchers.h"

#include <gtest/gtest.h>

namespace selfheal::yaml {
namespace {

bool Takes(std::string_view text, const Labels& labels) {
  const auto matchers = ParseMatchers(text);
  EXPECT_TRUE(matchers.ok()) << text << ": " << matchers.error().message;
  return matchers.ok() && Matches(*matchers, labels);
}

TEST(Matchers, AllOfOneListMustMatch) {
  const std::string text = R"(alertname=~"A|B", namespace!="kube-system")";
  EXPECT_TRUE(Takes(text, {{"alertname", "A"}}));
  EXPECT_TRUE(Takes(text, {{"alertname", "B"}, {"namespace", "shop"}}));
  EXPECT_FALSE(Takes(text, {{"alertname", "A"}, {"namespace", "kube-system"}}));
  EXPECT_FALSE(Takes(text, {{"alertname", "AB"}}));
  EXPECT_FALSE(Takes(text, {}));
}

TEST(Matchers, RegularExpressionsMatchInFull) {
  EXPECT_TRUE(Takes(R"(a=~"Kube.*")", {{"a", "KubePod"}}));
  EXPECT_FALSE(Takes(R"(a=~"Kube")", {{"a", "KubePod"}}));
  EXPECT_FALSE(Takes(R"(a=~"A|B")", {{"a", "Bx"}}));
  EXPECT_TRUE(Takes(R"(a!~"A|B", a!="")", {{"a", "Bx"}}));
}

TEST(Matchers, SpellingsOfAlertmanager) {
  EXPECT_TRUE(Takes("{a=b}", {{"a", "b"}}));
  EXPECT_TRUE(Takes(R"( { a = "b" , } )", {{"a", "b"}}));
  EXPECT_TRUE(Takes(R"(a="x\"y\\z\n")", {{"a", "x\"y\\z\n"}}));
  EXPECT_TRUE(Takes("a=b c,d=e", {{"a", "b c"}, {"d", "e"}}));
}

TEST(Matchers, MalformedOnesAreRefused) {
  for (const char* text :
       {"", "{}", "a", "=b", "a==b", "{a=b", "a=b}", "1a=b", "a=\"b", "a=b\"c",
        "a=~\"[\"", "a=b;c=d", "a=b c=\"d\"", "a-b=c"}) {
    EXPECT_FALSE(ParseMatchers(text).ok()) << text;
  }
}

TEST(Matchers, CapsHold) {
  EXPECT_FALSE(ParseMatchers("a=" + std::string(5000, 'b')).ok());
  EXPECT_FALSE(ParseMatchers("a=~\"" + std::string(1025, 'b') + "\"").ok());
  std::string many = "a=b";
  for (int i = 0; i < 32; ++i) many += ",a=b";
  EXPECT_FALSE(ParseMatchers(many).ok());
  // Small to write, large to compile.
  EXPECT_FALSE(ParseMatchers(R"(a=~"((x{100}){100}){100}")").ok());
}

TEST(Matchers, WhatTakesAnyAlertIsRefused) {
  for (const char* text :
       {"a=\"\"", "a!=\"x\"", "a=~\".*\"", "a!~\"x\"", "a=~\"x|\", b!=\"y\""}) {
    EXPECT_FALSE(ParseMatchers(text).ok()) << text;
  }
}

TEST(Matchers, TheCanonicalTextIsThatOfTheMeaning) {
  const auto one = ParseMatchers(R"({b =~ "x|y", a=1})");
  const auto two = ParseMatchers(R"(a="1",b=~"x|y",a="1")");
  ASSERT_TRUE(one.ok() && two.ok());
  EXPECT_EQ(CanonicalMatchers(*one), R"(a="1",b=~"x|y")");
  EXPECT_EQ(CanonicalMatchers(*one), CanonicalMatchers(*two));
}

}  // namespace
}  // namespace selfheal::yaml
