#include "intake/alert_store.h"

#include <gtest/gtest.h>

namespace selfheal {
namespace {

AlertGroup Group(std::size_t rejected) {
  AlertGroup group;
  group.group_key = "key";
  group.receiver = "selfheal";
  group.received = rejected + 1;
  group.alerts.resize(1);
  for (std::size_t i = 0; i < rejected; ++i) {
    group.rejected.push_back({i, "startsAt", "is missing"});
  }
  return group;
}

TEST(LeftOut, AWholeGroupLeavesNoRecord) {
  EXPECT_TRUE(LeftOut(Group(0), Time()).empty());
}

TEST(LeftOut, RejectedAlertsAreNamedByTheirIndex) {
  const auto records = LeftOut(Group(2), Time(Duration(5)));
  ASSERT_EQ(records.size(), 1u);
  EXPECT_EQ(records[0].at, Time(Duration(5)));
  EXPECT_EQ(records[0].incident_id, "");
  EXPECT_EQ(records[0].outcome, "rejected");
  EXPECT_EQ(records[0].reason, "2 of 3 alerts are malformed");
  const Fields expected = {{"group_key", std::string("key")},
                           {"receiver", std::string("selfheal")},
                           {"alert_0", std::string("startsAt: is missing")},
                           {"alert_1", std::string("startsAt: is missing")}};
  EXPECT_EQ(records[0].data, expected);
}

TEST(LeftOut, ARecordStaysSmallHoweverManyAreRejected) {
  const auto records = LeftOut(Group(5000), Time());
  ASSERT_EQ(records.size(), 1u);
  EXPECT_EQ(records[0].reason, "5000 of 5001 alerts are malformed");
  EXPECT_EQ(records[0].data.size(), 22u);
}

TEST(LeftOut, CutOffAlertsAreARecordOfTheirOwn) {
  AlertGroup group = Group(1);
  group.truncated_alerts = 3;
  const auto records = LeftOut(group, Time());
  ASSERT_EQ(records.size(), 2u);
  EXPECT_EQ(records[1].outcome, "truncated");
  EXPECT_EQ(records[1].reason, "3 alerts were cut off by max_alerts");
}

}  // namespace
}  // namespace selfheal
