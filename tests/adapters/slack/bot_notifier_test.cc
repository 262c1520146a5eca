#include "adapters/slack/bot_notifier.h"

#include <gtest/gtest.h>

#include <condition_variable>
#include <deque>
#include <mutex>
#include <nlohmann/json.hpp>
#include <string>

#include "adapters/http/url.h"
#include "tests/adapters/slack/slack_world.h"

namespace selfheal::slack {
namespace {

using nlohmann::json;
using std::chrono::milliseconds;
using std::chrono::steady_clock;
using testing::HttpReply;
using testing::RawReply;
using testing::ReceivedRequest;

Notice NoticeAbout(const std::string& id, const std::string& title) {
  return {.incident_id = id,
          .title = title,
          .lines = {},
          .severity = "info",
          .facts = {{"Evidence", "memory rises"}}};
}

Notice QuestionAbout(const std::string& id, const std::string& title) {
  Notice notice = NoticeAbout(id, title);
  notice.question = NoticeQuestion{};
  notice.question->change = "restart <it>";
  return notice;
}

/// A channel that answers as a test says, else as Slack does.
class BotNotifierTest : public ::testing::Test {
 protected:
  BotNotifierTest()
      : server_([this](const ReceivedRequest& r) { return Answer(r); }) {
    auto api = WebApi::Create(
        {.api_url = server_.url(), .token_file = world_.secret_file});
    api_ = *std::move(api);
  }

  BotNotifier::Options Quick() {
    return {.channel = "C1",
            .back_off = milliseconds(1),
            .max_back_off = milliseconds(20),
            .post_spacing = milliseconds(0),
            .update_spacing = milliseconds(0),
            .grace = milliseconds(0)};
  }
  std::unique_ptr<BotNotifier> New(BotNotifier::Options options) {
    return std::make_unique<BotNotifier>(
        BotNotifier::Ports{.api = *api_,
                           .chats = *world_.store,
                           .log = world_.log,
                           .value_of =
                               [](const Notice& notice) {
                                 return notice.question ? std::string("opaque")
                                                        : "";
                               }},
        std::move(options));
  }
  /// The next call of Slack is answered so.
  void Next(RawReply reply) {
    const std::lock_guard lock(mutex_);
    replies_.push_back(std::move(reply));
  }
  /// While true, no call is answered.
  void Hold(bool hold) {
    {
      const std::lock_guard lock(mutex_);
      hold_ = hold;
    }
    released_.notify_all();
  }
  /// "method" of each call, with the title or news that it carries.
  std::vector<std::string> Calls() {
    std::vector<std::string> calls;
    for (const ReceivedRequest& request : server_.requests()) {
      const std::size_t from = request.body.find("text=") + 5;
      calls.push_back(
          request.target + " " +
          request.body.substr(from, request.body.find('&', from) - from));
    }
    return calls;
  }

  SlackWorld world_;
  std::mutex mutex_;
  std::condition_variable released_;
  bool hold_ = false;
  std::deque<RawReply> replies_;
  int posted_ = 0;
  testing::TestServer server_;
  std::unique_ptr<WebApi> api_;

 private:
  RawReply Answer(const ReceivedRequest&) {
    std::unique_lock lock(mutex_);
    released_.wait(lock, [this] { return !hold_; });
    if (!replies_.empty()) {
      RawReply reply = std::move(replies_.front());
      replies_.pop_front();
      return reply;
    }
    const json answer = {{"ok", true},
                         {"channel", "C1"},
                         {"ts", "100.00000" + std::to_string(++posted_)}};
    return {.bytes = HttpReply(200, answer.dump())};
  }
};

RawReply Refusal(const std::string& code) {
  return {.bytes =
              HttpReply(200, json({{"ok", false}, {"error", code}}).dump())};
}

TEST_F(BotNotifierTest, KeepsOneMessageAnIncidentAndReplies) {
  const auto bot = New(Quick());
  Notice notice = NoticeAbout("01J", "open");
  bot->Notify(notice);
  ASSERT_TRUE(server_.WaitForRequests(1));
  notice.title = "moved";
  notice.lines = {"news"};
  bot->Notify(notice);
  ASSERT_TRUE(server_.WaitForRequests(3));
  bot->Stop(seconds(10));
  EXPECT_EQ(Calls(),
            (std::vector<std::string>{"/chat.postMessage %5Binfo%5D%20open",
                                      "/chat.update %5Binfo%5D%20moved",
                                      "/chat.postMessage news"}));
  const auto thread = world_.store->ThreadOf("01J");
  ASSERT_TRUE(thread.ok() && *thread);
  EXPECT_EQ((*thread)->ts, "100.000001");
  const auto requests = server_.requests();
  EXPECT_NE(requests[1].body.find("ts=100.000001"), std::string::npos);
  EXPECT_NE(requests[2].body.find("thread_ts=100.000001"), std::string::npos);
  EXPECT_EQ(requests[0].headers.at("authorization"),
            "Bearer " + SlackWorld::kSecret);
}

TEST_F(BotNotifierTest, AnotherProcessGoesOnWithTheSameMessage) {
  const auto first = New(Quick());
  first->Notify(NoticeAbout("01J", "open"));
  ASSERT_TRUE(server_.WaitForRequests(1));
  first->Stop(seconds(10));
  const auto bot = New(Quick());
  bot->Notify(NoticeAbout("01J", "moved"));
  bot->Stop(seconds(10));
  EXPECT_EQ(Calls().back(), "/chat.update %5Binfo%5D%20moved");
}

TEST_F(BotNotifierTest, ButtonsStandWhileAQuestionDoes) {
  const auto bot = New(Quick());
  bot->Notify(QuestionAbout("01J", "asks"));
  ASSERT_TRUE(server_.WaitForRequests(1));
  bot->Notify(NoticeAbout("01J", "decided"));
  bot->Stop(seconds(10));
  const auto requests = server_.requests();
  ASSERT_EQ(requests.size(), 2u);
  EXPECT_NE(requests[0].body.find("opaque"), std::string::npos);
  EXPECT_NE(requests[0].body.find("actions"), std::string::npos);
  EXPECT_EQ(requests[1].body.find("opaque"), std::string::npos);
  EXPECT_EQ(requests[1].body.find("actions"), std::string::npos);
}

TEST_F(BotNotifierTest, ALimitHoldsItsMethodForAsLongAsSlackSays) {
  Next({.bytes =
            HttpReply(429, "{}", "application/json", "Retry-After: 1\r\n")});
  const auto bot = New(Quick());
  const auto start = steady_clock::now();
  bot->Notify(NoticeAbout("01J", "open"));
  ASSERT_TRUE(server_.WaitForRequests(2));
  EXPECT_GE(steady_clock::now() - start, milliseconds(999));
  bot->Stop(seconds(10));
  EXPECT_EQ(bot->counts().sent, 1u);
  EXPECT_EQ(bot->counts().failed, 0u);
}

TEST_F(BotNotifierTest, QuestionsGoBeforeEverythingElse) {
  const auto bot = New(Quick());
  Hold(true);
  bot->Notify(NoticeAbout("01A", "in-flight"));
  ASSERT_TRUE(server_.WaitForRequests(1));
  bot->Notify(NoticeAbout("01B", "tells"));
  bot->Notify(QuestionAbout("01C", "asks"));
  Hold(false);
  bot->Stop(seconds(10));
  EXPECT_EQ(Calls(), (std::vector<std::string>{
                         "/chat.postMessage %5Binfo%5D%20in-flight",
                         "/chat.postMessage %5Binfo%5D%20asks",
                         "/chat.postMessage %5Binfo%5D%20tells"}));
}

TEST_F(BotNotifierTest, NeverBlocksAndDropsWhatAsksLast) {
  BotNotifier::Options options = Quick();
  options.incidents = 2;
  const auto bot = New(options);
  Hold(true);
  bot->Notify(NoticeAbout("01A", "in-flight"));
  ASSERT_TRUE(server_.WaitForRequests(1));
  const auto start = steady_clock::now();
  bot->Notify(QuestionAbout("01B", "asks"));
  for (int i = 0; i < 10; ++i) {
    bot->Notify(NoticeAbout("02" + std::to_string(i), "tells"));
  }
  EXPECT_LT(steady_clock::now() - start, seconds(1));
  EXPECT_GE(bot->counts().dropped, 9u);
  Hold(false);
  bot->Stop(seconds(10));
  EXPECT_EQ(Calls()[1], "/chat.postMessage %5Binfo%5D%20asks");
}

TEST_F(BotNotifierTest, AMessageThatIsGoneIsPostedAnew) {
  const auto first = New(Quick());
  first->Notify(NoticeAbout("01J", "open"));
  ASSERT_TRUE(server_.WaitForRequests(1));
  first->Stop(seconds(10));
  Next(Refusal("message_not_found"));
  const auto bot = New(Quick());
  bot->Notify(NoticeAbout("01J", "moved"));
  ASSERT_TRUE(server_.WaitForRequests(3));
  bot->Stop(seconds(10));
  EXPECT_EQ(Calls().back(), "/chat.postMessage %5Binfo%5D%20moved");
  EXPECT_EQ((*world_.store->ThreadOf("01J"))->ts, "100.000002");
}

TEST_F(BotNotifierTest, WhatIsRefusedIsNotRepeatedAndATokenNotLogged) {
  Next(Refusal("invalid_blocks"));
  const auto bot = New(Quick());
  bot->Notify(NoticeAbout("01J", "open"));
  ASSERT_TRUE(server_.WaitForRequests(1));
  bot->Stop(seconds(10));
  EXPECT_EQ(server_.requests().size(), 1u);
  EXPECT_EQ(bot->counts().failed, 1u);
  EXPECT_NE(world_.log.text().find("invalid_blocks"), std::string::npos);
  EXPECT_EQ(world_.log.text().find(SlackWorld::kSecret), std::string::npos);
}

TEST_F(BotNotifierTest, GivesUpAfterSomeAttempts) {
  for (int i = 0; i < 20; ++i) Next(Refusal("invalid_auth"));
  BotNotifier::Options options = Quick();
  options.attempts = 3;
  const auto bot = New(options);
  bot->Notify(NoticeAbout("01J", "open"));
  ASSERT_TRUE(server_.WaitForRequests(3));
  bot->Stop(seconds(10));
  EXPECT_EQ(server_.requests().size(), 3u);
  EXPECT_EQ(bot->counts().failed, 1u);
}

}  // namespace
}  // namespace selfheal::slack
