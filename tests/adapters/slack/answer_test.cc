#include "adapters/slack/answer.h"

#include <gtest/gtest.h>

namespace selfheal::slack {
namespace {

using nlohmann::json;

json Said(const std::string& text) {
  return {{"type", "event_callback"},
          {"team_id", "T1"},
          {"event_id", "Ev1"},
          {"event",
           {{"type", "message"},
            {"channel", "C1"},
            {"user", "U1"},
            {"text", text},
            {"ts", "2.1"},
            {"thread_ts", "1.1"}}}};
}

struct Words {
  std::string text;
  std::string verb;  ///< "" = it is no answer, "?" = it is unclear.
  std::string reason;
};

class Replies : public ::testing::TestWithParam<Words> {};

TEST_P(Replies, BeginWithAVerb) {
  const Words& words = GetParam();
  const auto heard = ReadEvent(Said(words.text));
  ASSERT_TRUE(heard.ok());
  ASSERT_EQ(heard->answer.has_value(), !words.verb.empty());
  if (!heard->answer) return;
  EXPECT_EQ(heard->answer->approve, words.verb == "approve");
  EXPECT_EQ(heard->answer->unclear, words.verb == "?");
  EXPECT_EQ(heard->answer->reason, words.reason);
}

INSTANTIATE_TEST_SUITE_P(
    Of, Replies,
    ::testing::Values(
        Words{"approve", "approve", ""}, Words{"  Approve  ", "approve", ""},
        Words{"DENY not now", "deny", "not now"},
        Words{"`approve`", "approve", ""},
        Words{"<@UBOT> approve a &lt; b &amp;&amp; c", "approve", "a < b && c"},
        Words{"approve\nsecond line", "approve", "second line"},
        Words{"approve, looks right", "approve", "looks right"},
        Words{"approved", "?", ""}, Words{"I approve", "?", ""},
        Words{"LGTM!", "?", ""}, Words{"yes, please", "?", ""},
        Words{":white_check_mark:", "?", ""},
        Words{":+1::skin-tone-2:", "?", ""}, Words{"<@UBOT> ok", "?", ""},
        Words{"No.", "?", ""}, Words{"okra", "", ""},
        Words{"yesterday", "", ""}, Words{"who broke it?", "", ""},
        Words{"approve_all", "", ""}, Words{"", "", ""},
        Words{"<@UBOT|heal>approve", "approve", ""},
        Words{"<@U1> <@U2> approve", "", ""}, Words{"<@UBOT", "", ""},
        Words{"den", "", ""}));

TEST(Events, AHandshakeIsAnsweredWithItsChallenge) {
  const auto heard = ReadEvent(
      {{"type", "url_verification"}, {"token", "x"}, {"challenge", "3eZb"}});
  ASSERT_TRUE(heard.ok());
  EXPECT_EQ(heard->challenge, "3eZb");
}

TEST(Events, OthersAreNoAnswers) {
  for (const char* type : {"app_rate_limited", "event_other"}) {
    const auto heard = ReadEvent({{"type", type}});
    ASSERT_TRUE(heard.ok());
    EXPECT_FALSE(heard->answer);
  }
  json broadcast = Said("approve");
  broadcast["event"]["subtype"] = "thread_broadcast";
  EXPECT_TRUE(ReadEvent(broadcast)->answer.has_value());
}

TEST(Payloads, DepthHasAnEnd) {
  const auto nested = [](std::size_t depth) {
    return R"({"a":)" + std::string(depth, '[') + std::string(depth, ']') + "}";
  };
  EXPECT_TRUE(ParsePayload(nested(31)).ok());
  EXPECT_FALSE(ParsePayload(nested(33)).ok());
  EXPECT_FALSE(ParsePayload(nested(100000)).ok());
}

TEST(Payloads, MalformedOnesAreErrors) {
  const std::vector<std::string> broken = {
      "", "x", "[]", "1", "{", "{\"a\":", std::string(100, '[')};
  for (const std::string& text : broken) {
    EXPECT_FALSE(ParsePayload(text).ok()) << text;
  }
  for (const json& payload :
       {json{{"type", 1}}, json::object(),
        json{{"type", "block_actions"},
             {"actions", {{{"action_id", "approve"}}}}},
        json{{"type", "block_actions"}},
        json{{"type", "block_actions"}, {"actions", json::array()}}}) {
    EXPECT_FALSE(ReadInteraction(payload).ok()) << payload;
  }
  EXPECT_FALSE(ReadEvent({{"type", "event_callback"}}).ok());
  for (const char* form :
       {"", "a=1", "payload=%", "payload=%zz", "payload={}&payload={}"}) {
    EXPECT_FALSE(FormPayload(form).ok()) << form;
  }
}

TEST(Payloads, OtherInteractionsAreIgnored) {
  for (const char* type : {"view_submission", "shortcut", "message_action"}) {
    const auto heard = ReadInteraction({{"type", type}});
    ASSERT_TRUE(heard.ok());
    EXPECT_FALSE(heard->answer);
  }
}

TEST(Payloads, AReasonIsCutBetweenCharacters) {
  std::string said;
  for (int i = 0; i < 600; ++i) said += "\u20ac";
  const auto heard = ReadEvent(Said("approve " + said));
  ASSERT_TRUE(heard.ok() && heard->answer);
  EXPECT_EQ(heard->answer->reason, said.substr(0, 500 * 3));
}

TEST(Answers, AreReadAsTheyWereWritten) {
  const auto heard = ReadEvent(Said("<@UBOT> approve \xff <b>"));
  ASSERT_TRUE(heard.ok() && heard->answer);
  const auto again = ReadAnswer(WriteAnswer(*heard->answer));
  ASSERT_TRUE(again.ok());
  EXPECT_EQ(again->reason, "\uFFFD <b>");
  EXPECT_EQ(again->thread, "1.1");
  EXPECT_EQ(again->addressee, "UBOT");
  EXPECT_TRUE(again->approve);
}

}  // namespace
}  // namespace selfheal::slack
