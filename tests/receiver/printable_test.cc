#include "receiver/commands/printable.h"

#include <gtest/gtest.h>

namespace selfheal {
namespace {

TEST(Printable, LeavesWhatCanBeSeen) {
  for (const char* text :
       {"cart-7f", "M\u00FCnchen", "\u65E5\u672C", "\U0001F600", ""}) {
    EXPECT_EQ(Printable(text), text);
  }
}

TEST(Printable, ReplacesWhatMovesTurnsOrHides) {
  for (const char* hidden :
       {"\x1b",   "\n",     "\r",        "\t",     "\x7f",   "\u0080",
        "\u009B", "\u009F", "\u00AD",    "\u061C", "\u200B", "\u200F",
        "\u2028", "\u202A", "\u202E",    "\u2060", "\u2066", "\u2069",
        "\uFE0F", "\uFEFF", "\U000E0041"}) {
    EXPECT_EQ(Printable("a" + std::string(hidden) + "b"), "a?b") << hidden;
  }
  EXPECT_EQ(Printable(std::string_view("a\0b", 3)), "a?b");
}

TEST(Printable, ReplacesBytesThatAreNoUtf8) {
  EXPECT_EQ(Printable("a\x9b"), "a?");
  EXPECT_EQ(Printable("\xc0\x9b"), "??") << "an overlong form";
  EXPECT_EQ(Printable("\xe2\x80"), "??") << "cut";
  EXPECT_EQ(Printable("\xc2z"), "?z");
}

// Longer than it must be, a hidden character must not get through either.
TEST(Printable, ReplacesOverlongForms) {
  EXPECT_EQ(Printable("\xe0\x82\x9b"), "???");
  EXPECT_EQ(Printable("\xf0\x80\x82\x9b"), "????");
}

}  // namespace
}  // namespace selfheal
