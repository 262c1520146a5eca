#include "core/quantity.h"

#include <gtest/gtest.h>

namespace selfheal {
namespace {

TEST(QuantityTest, BytesAndSecondsAreScaled) {
  EXPECT_EQ(Quantity(14.2 * 1048576, "bytes"), "14 MiB");
  EXPECT_EQ(Quantity(-2.5 * 1024, "bytes"), "-2.5 KiB");
  EXPECT_EQ(Quantity(0.25, "seconds"), "250 ms");
  EXPECT_EQ(Quantity(250, "ms"), "250 ms");
  EXPECT_EQ(Quantity(3200, "ms"), "3.2 s");
  EXPECT_EQ(Quantity(3.21, ""), "3.2");
}

TEST(QuantityTest, OtherUnitsStandBehind) {
  EXPECT_EQ(Quantity(31.4, "percent"), "31 %");
  EXPECT_EQ(Quantity(4.13, "per second"), "4.1/s");
  EXPECT_EQ(Quantity(2, "restarts"), "2 restarts");
}

TEST(QuantityTest, SpansAreRounded) {
  EXPECT_EQ(Span(40), "40 s");
  EXPECT_EQ(Span(720), "12 min");
  EXPECT_EQ(Span(3 * 3600), "3 hours");
  EXPECT_EQ(Span(72 * 3600), "3 days");
}

}  // namespace
}  // namespace selfheal
