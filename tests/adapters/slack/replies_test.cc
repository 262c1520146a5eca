// What was replied while nobody heard it.
#include <gtest/gtest.h>

#include "tests/adapters/slack/slack_world.h"

namespace selfheal::slack {
namespace {

using nlohmann::json;

class Replies : public ::testing::Test {
 protected:
  void SetUp() override { incident_ = world_.Ask("cart", "1.2", 2); }

  /// A reply that Slack shows in the thread but sent to nobody.
  json Unheard(const std::string& user, const std::string& text) {
    json event = world_.Reply("1.2", user, text)["event"];
    event.erase("channel");
    return event;
  }

  void Shows(const json& messages, const std::string& cursor = "") {
    world_.answers["conversations.replies"] = {
        {"ok", true},
        {"messages", messages},
        {"response_metadata", {{"next_cursor", cursor}}}};
  }

  bool CatchUp() {
    world_.desk->ReadAgain();
    return world_.desk->WorkOff();
  }

  Approval Asked() { return *world_.Load(incident_).approval; }

  SlackWorld world_;
  Incident incident_;
  const json parent_ = {{"type", "message"}, {"user", "UBOT"},
                        {"bot_id", "B1"},    {"text", "approve?"},
                        {"ts", "1.2"},       {"thread_ts", "1.2"}};
};

TEST_F(Replies, CountOnceHoweverOftenTheyAreRead) {
  Shows({parent_, Unheard("U1", "approve seen late"), Unheard("U1", "hm")});
  ASSERT_TRUE(CatchUp());
  ASSERT_EQ(Asked().grants.size(), 1u);
  EXPECT_EQ(Asked().grants[0].by, "slack:U1");
  EXPECT_EQ(Asked().grants[0].reason, "seen late");
  ASSERT_TRUE(CatchUp());
  world_.Restart();
  ASSERT_TRUE(CatchUp());
  EXPECT_EQ(Asked().grants.size(), 1u);
  EXPECT_TRUE(world_.Refusals(incident_).empty())
      << "a second time it would have been refused: " +
             world_.Refusals(incident_).front();
  const std::string asked = world_.LastCall("conversations.replies");
  EXPECT_NE(asked.find("channel=C1&ts=1.2&oldest="), std::string::npos)
      << asked;
}

TEST_F(Replies, AreTheSameAsTheirEvents) {
  const json event = world_.Reply("1.2", "U1", "approve");
  EXPECT_EQ(world_.PostReply(event), 200);
  Shows({parent_, event["event"], Unheard("U2", "approve too")});
  ASSERT_TRUE(CatchUp());
  EXPECT_EQ(Asked().state, ApprovalState::kGranted);
  EXPECT_EQ(Asked().decided_by, "slack:U1, slack:U2");
  EXPECT_TRUE(world_.Refusals(incident_).empty());
  EXPECT_EQ(world_.PostReply(event), 200);
  EXPECT_TRUE(world_.Refusals(incident_).empty()) << "nor by a late event";
}

TEST_F(Replies, ThatOnlyMeanToAnswerGetAHintAndCountAsNothing) {
  const auto say = [this](const std::string& user, const std::string& text) {
    EXPECT_EQ(world_.PostReply(world_.Reply("1.2", user, text)), 200);
  };
  say("U1", "LGTM");
  EXPECT_EQ(world_.Calls("chat.postEphemeral"), 1u);
  const std::string hint = world_.LastCall("chat.postEphemeral");
  EXPECT_NE(hint.find("user=U1"), std::string::npos) << hint;
  EXPECT_NE(hint.find("expected%20approve%20or%20deny"), std::string::npos)
      << hint;
  // Once a minute and person.
  say("U1", "yes");
  EXPECT_EQ(world_.Calls("chat.postEphemeral"), 1u);
  say("U2", "no");
  EXPECT_EQ(world_.Calls("chat.postEphemeral"), 2u);
  world_.clock.Advance(seconds(61));
  say("U1", "approved");
  EXPECT_EQ(world_.Calls("chat.postEphemeral"), 3u);
  EXPECT_EQ(Asked().state, ApprovalState::kPending);
  EXPECT_TRUE(Asked().grants.empty());
  EXPECT_TRUE(world_.Refusals(incident_).empty());
  say("U1", "approve");
  EXPECT_EQ(Asked().grants.size(), 1u);
}

TEST_F(Replies, ThatOnlyMeanToAnswerTellStrangersNothing) {
  const auto unclear = [this](const std::string& user) {
    return world_.Reply("1.2", user, "approved");
  };
  json foreign = unclear("U1");
  foreign["event"]["user_team"] = "T2";
  json elsewhere = unclear("U1");
  elsewhere["event"]["thread_ts"] = "7.7";
  json addressed = unclear("U1");
  addressed["event"]["text"] = "<@U2> ok?";
  for (const json& said :
       {unclear("UEVE"), unclear("UGONE"), foreign, elsewhere, addressed}) {
    EXPECT_EQ(world_.PostReply(said), 200);
  }
  world_.clock.Advance(seconds(900));
  EXPECT_EQ(world_.PostReply(unclear("U1")), 200) << "it has expired";
  EXPECT_EQ(world_.Calls("chat.postEphemeral"), 0u);
  EXPECT_TRUE(world_.Refusals(incident_).empty());
  EXPECT_EQ(Asked().state, ApprovalState::kPending);
}

TEST_F(Replies, AreCheckedAsLiveOnes) {
  json edited = Unheard("U1", "approve");
  edited["edited"] = {{"user", "U1"}, {"ts", "9.9"}};
  json bot = Unheard("U1", "approve");
  bot["bot_id"] = "B2";
  json foreign = Unheard("U1", "approve");
  foreign["user_team"] = "T2";
  json old = Unheard("U2", "approve");
  old["ts"] = "1000000000.000100";
  Shows({parent_, edited, bot, foreign, old, Unheard("UEVE", "approve"),
         json("text"), json::object()});
  ASSERT_TRUE(CatchUp());
  EXPECT_TRUE(Asked().grants.empty());
  EXPECT_EQ(world_.Refusals(incident_).size(), 3u);
}

TEST_F(Replies, AreReadPageByPage) {
  Shows(json::array({Unheard("U2", "deny no")}), "next");
  ASSERT_TRUE(CatchUp());
  EXPECT_EQ(world_.Calls("conversations.replies"), 5u) << "and no further";
  EXPECT_EQ(Asked().state, ApprovalState::kDenied);
}

TEST_F(Replies, AreReadLaterWhereSlackCannotNow) {
  world_.answers["conversations.replies"] = {{"ok", false},
                                             {"error", "internal_error"}};
  EXPECT_FALSE(CatchUp());
  Shows(json::array({Unheard("U1", "deny")}));
  EXPECT_FALSE(world_.desk->WorkOff()) << "not at once";
  EXPECT_EQ(world_.Calls("conversations.replies"), 1u);
  world_.clock.Advance(seconds(5));
  EXPECT_TRUE(world_.desk->WorkOff());
  EXPECT_EQ(Asked().state, ApprovalState::kDenied);
}

TEST_F(Replies, AreLeftAloneWhereWeMayNotReadThem) {
  world_.answers["conversations.replies"] = {{"ok", false},
                                             {"error", "missing_scope"}};
  EXPECT_TRUE(CatchUp());
  EXPECT_TRUE(world_.desk->WorkOff());
  EXPECT_EQ(world_.Calls("conversations.replies"), 1u);
}

TEST_F(Replies, OfWhatIsNotAskedAnyMoreAreNotRead) {
  Shows(json::array({Unheard("U1", "deny")}));
  ASSERT_TRUE(CatchUp());
  ASSERT_TRUE(CatchUp());
  EXPECT_EQ(world_.Calls("conversations.replies"), 1u);
}

}  // namespace
}  // namespace selfheal::slack
