#include "app/cached_text.h"

#include <gtest/gtest.h>

namespace selfheal {
namespace {

using std::chrono::milliseconds;

TEST(CachedText, IsMadeAtMostOnceInItsAge) {
  CachedText page(milliseconds(1000));
  int made = 0;
  const auto make = [&] { return std::to_string(++made) + "\n"; };
  const SteadyTime start;
  EXPECT_EQ(page.Get(start, make), "1\n");
  EXPECT_EQ(page.Get(start + milliseconds(999), make), "1\n");
  EXPECT_EQ(made, 1);
  EXPECT_EQ(page.Get(start + milliseconds(1000), make), "2\n");
  page.Drop();
  EXPECT_EQ(page.Get(start + milliseconds(1000), make), "3\n");
}

TEST(CachedText, IsCutAtTheEndOfALine) {
  CachedText page(milliseconds(1), 10);
  const SteadyTime start;
  EXPECT_EQ(page.Get(start, [] { return "12345\n789\n"; }), "12345\n789\n");
  EXPECT_EQ(page.Get(start + milliseconds(1), [] { return "12345\n78901\n"; }),
            "12345\n");
  EXPECT_EQ(page.Get(start + milliseconds(2), [] { return "123456789012"; }),
            "");
}

}  // namespace
}  // namespace selfheal
