#include "core/memory_amount.h"

#include <gtest/gtest.h>

namespace selfheal {
namespace {

TEST(MemoryAmount, IsReadAsKubernetesWritesIt) {
  EXPECT_EQ(ParseMemory("384Mi"), 384LL << 20);
  EXPECT_EQ(ParseMemory("1Gi"), 1LL << 30);
  EXPECT_EQ(ParseMemory("1.5Gi"), 3LL << 29);
  EXPECT_EQ(ParseMemory("1G"), 1000000000);
  EXPECT_EQ(ParseMemory("128974848"), 128974848);
  EXPECT_EQ(ParseMemory("129e6"), 129000000);
  EXPECT_EQ(ParseMemory("1500m"), 2);
  EXPECT_EQ(ParseMemory("0"), 0);
  for (const char* text : {"", "Mi", "-1Mi", "1 Mi", "1MiB", "nan", "inf",
                           "1e300", "0x10", "9999Ti"}) {
    EXPECT_FALSE(ParseMemory(text).has_value()) << text;
  }
}

TEST(MemoryAmount, IsWrittenInWholeMiB) {
  EXPECT_EQ(MemoryText(384LL << 20), "384Mi");
  EXPECT_EQ(MemoryText((384LL << 20) + 1), "385Mi");
  EXPECT_EQ(ParseMemory(MemoryText(123456789)), 118LL << 20);
}

}  // namespace
}  // namespace selfheal
