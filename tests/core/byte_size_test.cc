#include "core/byte_size.h"

#include <gtest/gtest.h>

namespace selfheal {
namespace {

TEST(ByteSize, ReadsWhatKubernetesWrites) {
  EXPECT_EQ(ParseByteSize("0"), 0);
  EXPECT_EQ(ParseByteSize("128974848"), 128974848);
  EXPECT_EQ(ParseByteSize("129e6"), 129000000);
  EXPECT_EQ(ParseByteSize("129M"), 129000000);
  EXPECT_EQ(ParseByteSize("123Mi"), 128974848);
  EXPECT_EQ(ParseByteSize("10Gi"), 10737418240);
  EXPECT_EQ(ParseByteSize("0.5Gi"), 536870912);
  EXPECT_EQ(ParseByteSize("1500m"), 2);
  EXPECT_EQ(ParseByteSize("1Ti"), 1099511627776);
}

TEST(ByteSize, WhatIsNoAmountIsNothing) {
  for (const char* text : {"", "Gi", "-1Gi", "1gi", "1 Gi", "1GiB", "nan",
                           "inf", "1e300", "0x10", "+1Gi", "1Gi "}) {
    EXPECT_EQ(ParseByteSize(text), std::nullopt) << text;
  }
}

TEST(ByteSize, IsWrittenInWholeMebibytes) {
  EXPECT_EQ(MemoryText(384LL << 20), "384Mi");
  EXPECT_EQ(MemoryText((384LL << 20) + 1), "385Mi");
  EXPECT_EQ(ParseByteSize(MemoryText(123456789)), 118LL << 20);
}

TEST(Amounts, QuantitiesAsKubernetesWritesThem) {
  EXPECT_EQ(ParseQuantity("250m"), 0.25);
  EXPECT_EQ(ParseQuantity("2"), 2);
  EXPECT_EQ(ParseQuantity("0.5"), 0.5);
  EXPECT_EQ(ParseQuantity("1e3"), 1000);
  EXPECT_EQ(ParseQuantity("64Mi"), 67108864);
  EXPECT_EQ(ParseQuantity("1Gi"), 1073741824);
  EXPECT_EQ(ParseQuantity("5G"), 5e9);
  for (const char* wrong : {"", "Mi", "5 Gi", "five", "1GiB", "nan", "inf"}) {
    EXPECT_FALSE(ParseQuantity(wrong).has_value()) << wrong;
  }
}

}  // namespace
}  // namespace selfheal
