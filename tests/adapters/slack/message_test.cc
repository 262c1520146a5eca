#include "adapters/slack/message.h"

#include <gtest/gtest.h>

namespace selfheal::slack {
namespace {

using nlohmann::json;

TEST(StateMessage, AConfirmationShowsTheWholeChange) {
  Notice notice;
  notice.question = NoticeQuestion{};
  const auto shown = [&](std::size_t size, char c) {
    notice.question->change = std::string(size, c);
    const Message message = StateMessage(notice, "", "value");
    for (const json& block : message.blocks) {
      if (block["type"] != "actions") continue;
      return block["elements"][0]["confirm"]["text"]["text"].get<std::string>();
    }
    return std::string();
  };
  EXPECT_EQ(shown(300, 'x'), std::string(300, 'x'));
  EXPECT_EQ(shown(301, 'x'), std::string(299, 'x') + "\u2026");
  EXPECT_EQ(shown(60, '&').size(), 300u);
  EXPECT_EQ(shown(200, '&').size(), 59u * 5 + 3);
}

}  // namespace
}  // namespace selfheal::slack
