// Forgeries behind a good signature: who answers, what, where and when.
#include <gtest/gtest.h>

#include "adapters/slack/message.h"
#include "tests/adapters/slack/slack_world.h"

namespace selfheal::slack {
namespace {

using nlohmann::json;
using std::chrono::minutes;

class Forgery : public ::testing::Test {
 protected:
  json GoodClick(const std::string& user = "U1") {
    return world_.Click(incident_, "100.1", user, "approve");
  }
  json GoodReply(const std::string& user = "U1") {
    return world_.Reply("100.1", user, "approve");
  }
  ApprovalState state() { return world_.Load(incident_).approval->state; }
  std::size_t grants() {
    return world_.Load(incident_).approval->grants.size();
  }
  /// Nothing is granted, the audit says why, and the person is told.
  void ExpectAudited(const std::string& why, const std::string& told) {
    EXPECT_EQ(grants(), 0u);
    const auto refusals = world_.Refusals(incident_);
    ASSERT_EQ(refusals.size(), 1u);
    EXPECT_NE(refusals[0].find(why), std::string::npos) << refusals[0];
    EXPECT_EQ(world_.Calls("chat.postEphemeral"), 1u);
    EXPECT_NE(world_.LastCall("chat.postEphemeral").find(told),
              std::string::npos)
        << world_.LastCall("chat.postEphemeral");
  }
  void ExpectNotAllowed(const json& click, const std::string& why) {
    EXPECT_EQ(world_.PostClick(click), 200);
    ExpectAudited(why, "not%20allowed");
  }

  SlackWorld world_;
  Incident incident_ = world_.Ask("cart", "100.1");
};

TEST_F(Forgery, SameBodyTwice) {
  const ChatRequest request = world_.Signed(ChatRequest::Kind::kInteraction,
                                            SlackWorld::Form(GoodClick()));
  EXPECT_EQ(world_.Post(request), 200);
  EXPECT_EQ(world_.Post(request), 200);
  EXPECT_EQ(grants(), 1u);
  EXPECT_TRUE(world_.Refusals(incident_).empty());
}

TEST_F(Forgery, SameBodyInTwoReplicas) {
  Incident two = world_.Ask("catalog", "100.2", 2);
  const ChatRequest request = world_.Signed(
      ChatRequest::Kind::kInteraction,
      SlackWorld::Form(world_.Click(two, "100.2", "U1", "approve")));
  ApprovalDesk other({.api = *world_.api,
                      .workspace = *world_.workspace,
                      .chats = *world_.store,
                      .incidents = *world_.store,
                      .audit = *world_.store,
                      .log = world_.log,
                      .clock = world_.clock,
                      .decide =
                          [this](const ApprovalDecision& d) {
                            return world_.store->Decide(d, world_.clock.Now());
                          },
                      .secret = [] { return SlackWorld::kBotToken; }});
  Door second(other, world_.secret_file, world_.clock, world_.log);
  EXPECT_EQ(world_.Post(request), 200);
  EXPECT_EQ(second.Answer(request).status, 200);
  EXPECT_TRUE(other.WorkOff());
  EXPECT_EQ(world_.Load(two).approval->grants.size(), 1u);
}

TEST_F(Forgery, SameBodyAfterARestart) {
  const ChatRequest request = world_.Signed(ChatRequest::Kind::kInteraction,
                                            SlackWorld::Form(GoodClick()));
  EXPECT_EQ(world_.Post(request), 200);
  world_.Restart();
  EXPECT_EQ(world_.Post(request), 200);
  EXPECT_EQ(grants(), 1u);
  EXPECT_TRUE(world_.Refusals(incident_).empty());
}

TEST_F(Forgery, AnotherTeam) {
  json click = GoodClick();
  click["team"]["id"] = "T2";
  ExpectNotAllowed(click, "another workspace");
}

TEST_F(Forgery, PersonOfAnotherTeamInASharedChannel) {
  json click = GoodClick();
  click["user"]["team_id"] = "T2";
  ExpectNotAllowed(click, "a person of another workspace");
}

TEST_F(Forgery, AnotherOrganisation) {
  world_.answers["auth.test"]["is_enterprise_install"] = true;
  world_.answers["auth.test"]["enterprise_id"] = "E1";
  json click = GoodClick();
  click["team"] = nullptr;
  EXPECT_EQ(world_.PostClick(click), 400);
  click["enterprise"] = {{"id", "E2"}};
  ExpectNotAllowed(click, "another workspace");
}

TEST_F(Forgery, ThePersonIsNoneOfTheOrganisation) {
  world_.answers["auth.test"]["is_enterprise_install"] = true;
  world_.answers["auth.test"]["enterprise_id"] = "E1";
  json click = GoodClick();
  click["team"] = nullptr;
  click["enterprise"] = {{"id", "E1"}};
  ExpectNotAllowed(click, "of another workspace");
  world_.users["U2"] = {{"ok", true},
                        {"user",
                         {{"id", "U2"},
                          {"team_id", "T7"},
                          {"enterprise_user", {{"enterprise_id", "E1"}}}}}};
  json good = GoodClick("U2");
  good["team"] = nullptr;
  good["enterprise"] = {{"id", "E1"}};
  good["user"]["team_id"] = "T7";
  EXPECT_EQ(world_.PostClick(good), 200);
  EXPECT_EQ(grants(), 1u);
}

TEST_F(Forgery, AnotherApp) {
  json click = GoodClick();
  click["api_app_id"] = "A2";
  ExpectNotAllowed(click, "another app");
}

TEST_F(Forgery, AnotherChannel) {
  json click = GoodClick();
  click["container"]["channel_id"] = "C2";
  click["channel"]["id"] = "C2";
  ExpectNotAllowed(click, "no message of ours");
}

TEST_F(Forgery, UserNotInTheList) {
  ExpectNotAllowed(GoodClick("UEVE"), "not among approvals.approvers");
}

TEST_F(Forgery, DeactivatedUser) {
  ExpectNotAllowed(GoodClick("UGONE"), "not an active person");
}

TEST_F(Forgery, BotUser) {
  ExpectNotAllowed(GoodClick("UBOTTY"), "not an active person");
}

TEST_F(Forgery, DisplayNameOfSomebodyElse) {
  json click = GoodClick("UEVE");
  click["user"]["name"] = "U1";
  click["user"]["username"] = "U1";
  ExpectNotAllowed(click, "not among approvals.approvers");
}

TEST_F(Forgery, SlackDoesNotSayWhoIt) {
  world_.answers["users.info"] = {{"ok", false}, {"error", "internal_error"}};
  ExpectNotAllowed(GoodClick(), "users.info");
}

TEST_F(Forgery, TheSamePersonTwiceWhereTwoAreNeeded) {
  Incident two = world_.Ask("catalog", "100.2", 2);
  for (const std::string how : {"click", "click", "reply"}) {
    const int status =
        how == "click"
            ? world_.PostClick(world_.Click(two, "100.2", "U1", "approve"))
            : world_.PostReply(world_.Reply("100.2", "U1", "approve"));
    EXPECT_EQ(status, 200);
    const Incident after = world_.Load(two);
    EXPECT_EQ(after.approval->state, ApprovalState::kPending);
    EXPECT_EQ(after.approval->grants.size(), 1u);
    world_.clock.Advance(seconds(1));
  }
  EXPECT_EQ(world_.PostClick(world_.Click(two, "100.2", "U2", "approve")), 200);
  EXPECT_EQ(world_.Load(two).approval->decided_by, "slack:U1, slack:U2");
}

TEST_F(Forgery, ApproveAfterExpiry) {
  world_.clock.Advance(minutes(15));
  EXPECT_EQ(world_.PostClick(GoodClick()), 200);
  ExpectAudited("expired", "expired");
}

TEST_F(Forgery, ApproveAfterCancel) {
  incident_.phase = Phase::kCancelled;
  world_.Save(incident_);
  EXPECT_EQ(world_.PostClick(GoodClick()), 200);
  ExpectAudited("not open any more", "not%20open%20any%20more");
}

TEST_F(Forgery, ApproveAfterExecute) {
  EXPECT_EQ(world_.PostClick(GoodClick()), 200);
  ASSERT_TRUE(world_.Act(incident_).ok());
  EXPECT_EQ(world_.PostClick(GoodClick("U2")), 200);
  EXPECT_EQ(state(), ApprovalState::kConsumed);
  EXPECT_EQ(grants(), 1u);
  EXPECT_EQ(world_.Refusals(incident_).size(), 1u);
}

TEST_F(Forgery, ApproveAfterThePlanChanged) {
  const json old = GoodClick();
  incident_.plan->hash = incident_.approval->plan_hash = "hash-2";
  incident_.approval->asked_at += seconds(1);
  world_.Save(incident_);
  EXPECT_EQ(world_.PostClick(old), 200);
  ExpectAudited("the plan has changed", "plan%20has%20changed");
}

TEST_F(Forgery, ReplyToThePlanBefore) {
  const json old = GoodReply();
  world_.clock.Advance(seconds(10));
  incident_.plan->hash = incident_.approval->plan_hash = "hash-2";
  incident_.approval->asked_at = world_.clock.Now();
  world_.Save(incident_);
  EXPECT_EQ(world_.PostReply(old), 200);
  ExpectAudited("the plan has changed", "plan%20has%20changed");
}

TEST_F(Forgery, ApproveWhileABreakerIsOpen) {
  EXPECT_EQ(world_.PostClick(GoodClick()), 200);
  ASSERT_TRUE(world_.store
                  ->SetBreaker({"global",
                                BreakerRow{"global", world_.clock.Now(), "test",
                                           std::nullopt},
                                "test"})
                  .ok());
  EXPECT_FALSE(world_.Act(incident_).ok());
  EXPECT_EQ(state(), ApprovalState::kGranted);
}

TEST_F(Forgery, ApproveWhileTheKillSwitchIsOn) {
  EXPECT_EQ(world_.PostClick(GoodClick()), 200);
  ASSERT_TRUE(world_.store
                  ->SetKillSwitch({.on = true,
                                   .reason = "test",
                                   .by = "test",
                                   .since = world_.clock.Now()})
                  .ok());
  EXPECT_FALSE(world_.Act(incident_).ok());
  EXPECT_EQ(state(), ApprovalState::kGranted);
}

TEST_F(Forgery, TwoDifferentButtonsAtOnce) {
  json click = GoodClick();
  json deny = click["actions"][0];
  deny["action_id"] = "deny";
  click["actions"].push_back(deny);
  EXPECT_EQ(world_.PostClick(click), 400);
  EXPECT_EQ(state(), ApprovalState::kPending);
}

TEST_F(Forgery, OneButtonAfterTheOther) {
  EXPECT_EQ(world_.PostClick(world_.Click(incident_, "100.1", "U1", "deny")),
            200);
  EXPECT_EQ(world_.PostClick(GoodClick("U2")), 200);
  EXPECT_EQ(state(), ApprovalState::kDenied);
}

TEST_F(Forgery, EventSentAgain) {
  const json reply = GoodReply();
  EXPECT_EQ(world_.PostReply(reply), 200);
  EXPECT_EQ(world_.PostReply(reply), 200);
  json mention = reply;  // The same message comes as a mention, too.
  mention["event_id"] = "EvOther";
  mention["event"]["type"] = "app_mention";
  EXPECT_EQ(world_.PostReply(mention), 200);
  EXPECT_EQ(grants(), 1u);
  EXPECT_TRUE(world_.Refusals(incident_).empty());
}

TEST_F(Forgery, AColleagueAsked) {
  for (const char* text : {"<@U2> approve please, I do not dare",
                           "<@U2|ann> approve", "<!here> approve"}) {
    EXPECT_EQ(world_.PostReply(world_.Reply("100.1", "U1", text)), 200);
    EXPECT_EQ(grants(), 0u) << text;
  }
  EXPECT_EQ(world_.PostReply(
                world_.Reply("100.1", "U1", "<@UBOT> approve, it is mine")),
            200);
  EXPECT_EQ(grants(), 1u);
}

TEST_F(Forgery, GuessedValues) {
  for (int i = 0; i < 8; ++i) {
    json click = GoodClick();
    click["actions"][0]["value"] = std::string(64, 'a');
    EXPECT_EQ(world_.PostClick(click), 200);
  }
  EXPECT_EQ(grants(), 0u);
  // Who may answer is told each time, and never held up.
  EXPECT_EQ(world_.Refusals(incident_).size(), 8u);
  EXPECT_EQ(world_.Calls("chat.postEphemeral"), 8u);
  EXPECT_EQ(world_.PostClick(GoodClick()), 200);
  EXPECT_EQ(grants(), 1u);
}

TEST_F(Forgery, ManyAttemptsOfOneWhoMayNot) {
  for (int i = 0; i < 8; ++i) {
    EXPECT_EQ(world_.PostClick(GoodClick("UEVE")), 200);
  }
  EXPECT_EQ(world_.Refusals(incident_).size(), 5u);
  EXPECT_EQ(world_.Calls("chat.postEphemeral"), 5u);
  world_.clock.Advance(seconds(61));
  EXPECT_EQ(world_.PostClick(GoodClick("UEVE")), 200);
  EXPECT_EQ(world_.Refusals(incident_).size(), 6u);
  EXPECT_EQ(grants(), 0u);
}

TEST_F(Forgery, ManyAttemptsHoldUpNoValidOne) {
  json foreign = GoodClick();
  foreign["api_app_id"] = "A2";
  for (int i = 0; i < 8; ++i) {
    foreign["actions"][0]["action_ts"] = std::to_string(i);
    EXPECT_EQ(world_.PostClick(foreign), 200);
  }
  EXPECT_EQ(world_.PostClick(GoodClick()), 200);
  EXPECT_EQ(grants(), 1u);
}

TEST_F(Forgery, ResponseUrlOfAnInternalHost) {
  testing::TestServer inside([](const testing::ReceivedRequest&) {
    return testing::RawReply{.bytes = testing::HttpReply(200, "")};
  });
  json click = GoodClick("UEVE");
  click["response_url"] = inside.url() + "/latest/meta-data";
  ExpectNotAllowed(click, "not among");
  EXPECT_EQ(inside.connections(), 0);
}

TEST_F(Forgery, MarkupInThePlan) {
  Notice notice{.incident_id = "01J0",
                .title = "<!channel> restart",
                .lines = {},
                .severity = "warning"};
  notice.facts = {{"Plan", "<https://evil|Approve> <@U1> & \u202Eesrever"}};
  notice.question = NoticeQuestion{};
  notice.question->change = "<!here> \u200Brestart";
  const Message message = StateMessage(notice, "", "value");
  const std::string text = message.text + Dumped(message.blocks);
  EXPECT_EQ(text.find('<'), std::string::npos) << text;
  EXPECT_EQ(text.find("\u202E"), std::string::npos);
  EXPECT_EQ(text.find("\u200B"), std::string::npos);
}

TEST_F(Forgery, NineKilobytesAreNoReasonToRefuse) {
  json click = GoodClick();
  click["message"] = {{"text", std::string(9000, 'x')}};
  EXPECT_EQ(world_.PostClick(click), 200);
  EXPECT_EQ(state(), ApprovalState::kGranted);
}

TEST_F(Forgery, AMessageEditedIntoAnApproval) {
  json edit = GoodReply();
  edit["event"]["subtype"] = "message_changed";
  EXPECT_EQ(world_.PostReply(edit), 200);
  json edited = GoodReply();
  edited["event"]["edited"] = {{"user", "U1"}};
  EXPECT_EQ(world_.PostReply(edited), 200);
  EXPECT_EQ(grants(), 0u);
}

TEST_F(Forgery, ABotSaysIt) {
  json bot = GoodReply();
  bot["event"]["bot_id"] = "B9";
  EXPECT_EQ(world_.PostReply(bot), 200);
  EXPECT_EQ(world_.PostReply(world_.Reply("100.1", "UBOT", "approve")), 200);
  EXPECT_EQ(grants(), 0u);
}

TEST_F(Forgery, ATopLevelMessage) {
  json top = GoodReply();
  top["event"].erase("thread_ts");
  EXPECT_EQ(world_.PostReply(top), 200);
  json elsewhere = world_.Reply("999.9", "U1", "approve");
  EXPECT_EQ(world_.PostReply(elsewhere), 200);
  EXPECT_EQ(grants(), 0u);
}

}  // namespace
}  // namespace selfheal::slack
