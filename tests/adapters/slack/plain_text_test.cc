#include "adapters/slack/plain_text.h"

#include <gtest/gtest.h>

#include <string>

namespace selfheal::slack {
namespace {

TEST(PlainText, EscapesMarkup) {
  EXPECT_EQ(PlainText("<!channel> & <https://evil|click>", 100),
            "&lt;!channel&gt; &amp; &lt;https://evil|click&gt;");
}

TEST(PlainText, RemovesWhatDeceivesTheEye) {
  EXPECT_EQ(PlainText("a\u202Eb\u200Bc\u2066d\uFEFFe\u200Ff", 100), "abcdef");
  EXPECT_EQ(PlainText("<\u200B!channel>", 100), "&lt;!channel&gt;");
}

TEST(PlainText, TurnsControlsIntoSpacesButKeepsLines) {
  EXPECT_EQ(PlainText("a\tb\rc\x1b[31m\x7f\nd", 100), "a b c [31m \nd");
  EXPECT_EQ(PlainText(std::string("a\0b", 3), 100), "a b");
}

TEST(PlainText, ReplacesWhatIsNotUtf8) {
  EXPECT_EQ(PlainText("a\xff"
                      "b\xc3",
                      100),
            "a\uFFFDb\uFFFD");
  EXPECT_EQ(PlainText("\xed\xa0\x80", 100), "\uFFFD\uFFFD\uFFFD");
  EXPECT_EQ(PlainText("\xc0\xbc", 100), "\uFFFD\uFFFD");
}

TEST(PlainText, CutsByCodePoint) {
  EXPECT_EQ(PlainText("ééééé", 5), "ééééé");
  EXPECT_EQ(PlainText("éééééé", 5), "éééé\u2026");
  EXPECT_EQ(PlainText("&&&", 2), "&amp;\u2026");
  EXPECT_EQ(PlainText("😀😀😀", 2), "😀\u2026");
  EXPECT_EQ(PlainText("abc", 0), "");
}

}  // namespace
}  // namespace selfheal::slack
