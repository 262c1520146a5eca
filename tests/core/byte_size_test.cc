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

}  // namespace
}  // namespace selfheal
