#include "core/clock.h"

#include <gtest/gtest.h>

#include "core/duration.h"
#include "core/ids.h"
#include "core/labels.h"
#include "core/object.h"

namespace selfheal {
namespace {

TEST(ClockTest, ParsesEveryFormThatAlertmanagerSends) {
  const auto base = ParseTime("2026-11-25T12:00:00Z");
  ASSERT_TRUE(base.has_value());
  EXPECT_EQ(ParseTime("2026-11-25T13:30:00+01:30"), base);
  EXPECT_EQ(ParseTime("2026-11-25T12:00:00.000000000Z"), base);
  EXPECT_EQ(*ParseTime("2026-11-25T12:00:00.5Z"),
            *base + std::chrono::milliseconds(500));
  EXPECT_EQ(*ParseTime("2026-11-25T12:00:00.000000001Z"),
            *base + std::chrono::nanoseconds(1));
}

TEST(ClockTest, RefusesWhatIsNoTime) {
  for (const char* text :
       {"", "2026-11-25", "2026-02-30T00:00:00Z", "2026-11-25T24:00:00Z",
        "2026-11-25T12:00:00", "2026-11-25T12:00:00.Z",
        "2026-11-25T12:00:00.1234567890Z", "0001-01-01T00:00:00Z",
        "2026-11-25T12:00:00+1:00", "2026-11-25T12:00:00Zx"}) {
    EXPECT_FALSE(ParseTime(text).has_value()) << text;
  }
}

TEST(ClockTest, FormatsWithoutLoss) {
  const Time time = *ParseTime("2026-11-25T12:00:00.123456789Z");
  EXPECT_EQ(FormatTime(time), "2026-11-25T12:00:00.123Z");
  EXPECT_EQ(FormatTimeNanos(time), "2026-11-25T12:00:00.123456789Z");
  EXPECT_EQ(ParseTime(FormatTimeNanos(time)), time);
  const Time before_1970 = *ParseTime("1969-12-31T23:59:59.5Z");
  EXPECT_EQ(FormatTime(before_1970), "1969-12-31T23:59:59.500Z");
}

TEST(DurationTest, ReadsAndWrites) {
  EXPECT_EQ(ParseDuration("1h30m"), Duration(std::chrono::minutes(90)));
  EXPECT_EQ(ParseDuration("500ms"), Duration(std::chrono::milliseconds(500)));
  EXPECT_EQ(FormatDuration(seconds(5400)), "1h30m");
  EXPECT_EQ(FormatDuration(seconds(0)), "0s");
  for (const char* text : {"", "5", "m", "1m1h", "1s1s", "-5s", "1.5s",
                           "99999999999999999d", "1 h"}) {
    EXPECT_FALSE(ParseDuration(text).has_value()) << text;
  }
}

TEST(UlidTest, SortsByTimeAndHasItsForm) {
  const Time now = *ParseTime("2026-11-25T12:00:00Z");
  const std::string first = NewUlid(now);
  const std::string second = NewUlid(now + std::chrono::milliseconds(1));
  EXPECT_TRUE(IsUlid(first)) << first;
  EXPECT_LT(first.substr(0, 10), second.substr(0, 10));
  EXPECT_NE(NewUlid(now), NewUlid(now));
  EXPECT_FALSE(IsUlid("not-an-id"));
}

TEST(FingerprintTest, EqualsAlertmanagers) {
  EXPECT_EQ(Fingerprint({}), "cbf29ce484222325");
  EXPECT_EQ(Fingerprint(
                {{"name", "garland, briggs"}, {"fear", "love is not enough"}}),
            "507a62d79ee76c9a");
  EXPECT_EQ(Fingerprint({{"alertname", "Test"}}), "e46aaa9fcf75dd34");
  EXPECT_EQ(Fingerprint({{"alertname", "KubePodCrashLooping"},
                         {"namespace", "shop"},
                         {"pod", "cart-1"}}),
            "2ba9a515427aeb6d");
}

TEST(MatchersTest, AnEmptyListMatchesNothing) {
  EXPECT_FALSE(Matches({}, {{"a", "b"}}));
  EXPECT_TRUE(Matches({{"a", MatchOp::kEqual, "b", nullptr}}, {{"a", "b"}}));
  EXPECT_TRUE(Matches({{"x", MatchOp::kEqual, "", nullptr}}, {{"a", "b"}}));
  EXPECT_FALSE(Matches({{"a", MatchOp::kRegex, "b", nullptr}}, {{"a", "b"}}));
}

TEST(ObjectRefTest, TextAndBack) {
  const ObjectRef ref{ObjectKind::kDeployment, "shop", "cart"};
  EXPECT_EQ(ToString(ref), "Deployment/shop/cart");
  EXPECT_EQ(ParseObjectRef("Deployment/shop/cart"), ref);
  EXPECT_EQ(ParseObjectRef("Node/n1"),
            (ObjectRef{ObjectKind::kNode, "", "n1"}));
  for (const char* text :
       {"", "Deployment", "Secret/shop/x", "Deployment/shop/../x", "Pod/SHOP/x",
        "Pod/shop/", "Deployment/a/b/c"}) {
    EXPECT_FALSE(ParseObjectRef(text).has_value()) << text;
  }
}

}  // namespace
}  // namespace selfheal
