#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "adapters/slack/approval_desk.h"
#include "adapters/slack/door.h"
#include "adapters/slack/workspace.h"
#include "adapters/sqlite/sqlite_store.h"
#include "sim/fakes/fake_clock.h"
#include "tests/adapters/http/memory_logger.h"
#include "tests/adapters/http/test_server.h"
#include "tests/adapters/sqlite/sqlite_world.h"

namespace selfheal::slack {

/// A workspace of Slack whose answers a test sets, and the product's side of
/// it over a real store. U1 and U2 may approve, UEVE is a person who may not.
class SlackWorld {
 public:
  inline static const std::string kSecret = "8f742231b10e8888abcd99yyyzzz85a5";
  inline static const std::string kBotToken = "xoxb-c4nary";

  SlackWorld();

  /// The process ends and starts anew.
  void Restart();
  /// An incident that asks, with its message at `ts` of channel C1.
  Incident Ask(const std::string& name, const std::string& ts, int people = 1);
  /// As stored now.
  Incident Load(const Incident& incident);
  void Save(const Incident& incident);
  /// The intent of the plan's action, as after a grant. @error the store's
  Result<Intent> Act(const Incident& incident);

  /// What Slack sends for a click and for a reply in the thread at `ts`.
  nlohmann::json Click(const Incident& incident, const std::string& ts,
                       const std::string& user, const std::string& action);
  nlohmann::json Reply(const std::string& ts, const std::string& user,
                       const std::string& text);
  static std::string Form(const nlohmann::json& payload);
  std::string Now(int plus = 0) const;

  /// Signed as Slack does, posted, and worked on; the status.
  int PostClick(const nlohmann::json& payload);
  int PostReply(const nlohmann::json& envelope);
  int Post(ChatRequest request);
  ChatRequest Signed(ChatRequest::Kind kind, const std::string& body) const;

  std::size_t Calls(const std::string& method) const;
  /// The body of the last call of `method`.
  std::string LastCall(const std::string& method) const;
  /// Reasons of the refusals in the audit, also of those of no incident.
  std::vector<std::string> Refusals(const Incident& incident);

  testing::FakeClock clock;
  testing::MemoryLogger log;
  /// Answers by method; what a test puts here holds from then on.
  std::map<std::string, nlohmann::json> answers;
  std::map<std::string, nlohmann::json> users;
  std::unique_ptr<SqlStore> store;
  std::unique_ptr<testing::TestServer> server;
  std::unique_ptr<WebApi> api;
  std::unique_ptr<Workspace> workspace;
  std::unique_ptr<ApprovalDesk> desk;
  std::unique_ptr<Door> door;
  Workspace::Approvers approvers = {
      {.slack_user = "U1", .slack_group = "", .risk = {"medium", "high"}},
      {.slack_user = "U2", .slack_group = "", .risk = {"medium", "high"}},
      {.slack_user = "UGONE", .slack_group = "", .risk = {"medium", "high"}},
      {.slack_user = "UBOTTY", .slack_group = "", .risk = {"medium", "high"}}};
  std::string secret_file;

 private:
  testing::RawReply AnswerTo(const testing::ReceivedRequest& request);
  void Start();

  testing::TempFolder folder_;
  std::mutex mutex_;
  int stamps_ = 0;
};

}  // namespace selfheal::slack
