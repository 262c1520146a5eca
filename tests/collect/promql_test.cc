#include "collect/promql.h"

#include <gtest/gtest.h>

namespace selfheal {
namespace {

const ObjectRef kCart{ObjectKind::kDeployment, "shop", "cart.v1"};

std::string Expand(std::string_view query, const TargetScope& scope) {
  auto result = ExpandQuery(query, scope);
  return result.ok() ? *result : "error: " + result.error().message;
}

TEST(PromQlTest, TargetOfADeploymentIsThePatternOfItsPods) {
  EXPECT_EQ(Expand("max(m{$target,container!=\"\"})", {kCart, {}}),
            R"(max(m{namespace="shop",pod=~"cart\\.v1-[a-z0-9]+-[a-z0-9]{5}",)"
            R"(container!=""}))");
}

TEST(PromQlTest, NamedPodsReplaceThePattern) {
  EXPECT_EQ(Expand("m{$target}", {kCart, {"a-1", "b-2"}}),
            R"(m{namespace="shop",pod=~"a-1|b-2"})");
  EXPECT_EQ(Expand("m{pod=$pod}", {kCart, {"a-1"}}), R"(m{pod="a-1"})");
}

TEST(PromQlTest, ADollarThatNamesNothingStays) {
  EXPECT_EQ(Expand("m{a=~\"x$\"}", {kCart, {}}), "m{a=~\"x$\"}");
}

TEST(PromQlTest, RefusesWhatHasNoMeaning) {
  EXPECT_FALSE(ExpandQuery("m{x=$secret}", {kCart, {}}).ok());
  EXPECT_FALSE(ExpandQuery("m{node=$node}", {kCart, {}}).ok());
  EXPECT_FALSE(ExpandQuery("m{pod=$pod}", {kCart, {"a", "b"}}).ok());
}

TEST(PromQlTest, HostileNamesNeverEnterAQuery) {
  for (const char* name :
       {"\"} or vector(1)", "a\nb", "../x", "", "A", "x\",y=\"z"}) {
    const ObjectRef bad{ObjectKind::kDeployment, "shop", name};
    EXPECT_FALSE(ExpandQuery("m{$target}", {bad, {}}).ok()) << name;
    EXPECT_FALSE(ExpandQuery("m{$target}", {kCart, {name}}).ok()) << name;
    const ObjectRef bad_ns{ObjectKind::kDeployment, name, "cart"};
    EXPECT_FALSE(ExpandQuery("m{$target}", {bad_ns, {}}).ok()) << name;
  }
}

TEST(PromQlTest, QuotesEscapeEverythingThatEndsAString) {
  EXPECT_EQ(QuotePromQl("a\"b\\c\n\x01"), R"("a\"b\\c\x0a\x01")");
}

}  // namespace
}  // namespace selfheal
