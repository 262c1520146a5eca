#include "core/text.h"

#include <gtest/gtest.h>

namespace selfheal {
namespace {

TEST(FirstChar, ReadsOneToFourBytes) {
  EXPECT_EQ(FirstChar("az").code, U'a');
  EXPECT_EQ(FirstChar("\u00fc").code, U'\u00fc');
  EXPECT_EQ(FirstChar("\u20acx").bytes, 3u);
  EXPECT_EQ(FirstChar("\U0001f600").code, U'\U0001f600');
  EXPECT_EQ(FirstChar(std::string_view("\0", 1)).bytes, 1u);
}

TEST(FirstChar, TakesNothingThatIsNoUtf8) {
  for (const char* text :
       {"", "\x80", "\xff", "\xc3", "\xe2\x82", "\xc0\xaf", "\xe0\x80\xaf",
        "\xf0\x80\x82\x9b", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xc3(",
        "\xf8\x88\x80\x80\x80"}) {
    EXPECT_EQ(FirstChar(text).bytes, 0u) << text;
  }
}

TEST(FirstChars, NeverCutsOneInTwo) {
  EXPECT_EQ(FirstChars("abc", 2), "ab");
  EXPECT_EQ(FirstChars("abc", 4), "abc");
  EXPECT_EQ(FirstChars("\u20ac\U0001f600x", 2), "\u20ac\U0001f600");
  EXPECT_EQ(FirstChars("\xff\xc3x", 2), "\xff\xc3");
  EXPECT_EQ(FirstChars("\u20ac", 0), "");
}

TEST(EscapeUnseen, LeavesWhatIsSeen) {
  for (const char* text :
       {"", "cart", "5 \u20ac \u2013 \u65e5\U0001f600", "{\"a\":\"b\\n\"}"}) {
    EXPECT_EQ(EscapeUnseen(text), text);
  }
}

TEST(EscapeUnseen, WritesTheRestAsJsonReadsIt) {
  EXPECT_EQ(EscapeUnseen("a\nb\x1b"), "a\\u000ab\\u001b");
  EXPECT_EQ(EscapeUnseen("\u202e\u009b\x7f"), "\\u202e\\u009b\\u007f");
  EXPECT_EQ(EscapeUnseen("\U000e0041"), "\\udb40\\udc41");
  EXPECT_EQ(EscapeUnseen("\xff\xed\xa0\x80"), "\\u00ff\\u00ed\\u00a0\\u0080");
}

}  // namespace
}  // namespace selfheal
