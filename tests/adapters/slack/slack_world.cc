#include "tests/adapters/slack/slack_world.h"

#include <gtest/gtest.h>

#include <fstream>

#include "adapters/crypto/digest.h"
#include "adapters/http/url.h"
#include "adapters/slack/question_value.h"
#include "adapters/slack/signature.h"
#include "core/ids.h"
#include "support/permits.h"

namespace selfheal::slack {
namespace {

using nlohmann::json;

std::string Write(const std::string& path, const std::string& text) {
  std::ofstream(path) << text << "\n";
  return path;
}

json Person(const std::string& user) {
  return {{"ok", true},
          {"user",
           {{"id", user},
            {"team_id", "T1"},
            {"deleted", user == "UGONE"},
            {"is_bot", user == "UBOTTY"}}}};
}

/// The value of `name` in a form body, where it needs no escapes.
std::string FieldOf(const std::string& body, const std::string& name) {
  const std::size_t at = body.find(name + "=");
  if (at == std::string::npos) return "";
  const std::size_t from = at + name.size() + 1;
  return body.substr(from, body.find('&', from) - from);
}

}  // namespace

SlackWorld::SlackWorld() {
  answers["auth.test"] = {
      {"ok", true}, {"team_id", "T1"}, {"user_id", "UBOT"}, {"bot_id", "B1"}};
  answers["bots.info"] = {{"ok", true}, {"bot", {{"app_id", "A1"}}}};
  answers["chat.postEphemeral"] = {{"ok", true}};
  server = std::make_unique<testing::TestServer>(
      [this](const testing::ReceivedRequest& r) { return AnswerTo(r); });
  secret_file = Write(folder_.path() + "/signing", kSecret);
  Write(folder_.path() + "/bot", kBotToken);
  Start();
}

testing::RawReply SlackWorld::AnswerTo(
    const testing::ReceivedRequest& request) {
  const std::lock_guard lock(mutex_);
  const std::string method = request.target.substr(1);
  json answer = {{"ok", false}, {"error", "unknown_method"}};
  if (answers.contains(method)) {
    answer = answers[method];
  } else if (method == "users.info") {
    const std::string user = FieldOf(request.body, "user");
    answer = users.contains(user) ? users[user] : Person(user);
  }
  return {.bytes = testing::HttpReply(200, answer.dump())};
}

void SlackWorld::Start() {
  auto opened = OpenSqliteStore(
      {.path = folder_.path() + "/store.db",
       .store = {
           .digester = [](std::string_view text) { return Sha256Hex(text); },
           .clock = &clock}});
  ASSERT_TRUE(opened.ok()) << opened.error().message;
  store = *std::move(opened);
  auto client = WebApi::Create(
      {.api_url = server->url(), .token_file = folder_.path() + "/bot"});
  ASSERT_TRUE(client.ok());
  api = *std::move(client);
  workspace = std::make_unique<Workspace>(*api, clock, approvers);
  desk = std::make_unique<ApprovalDesk>(
      ApprovalDesk::Ports{.api = *api,
                          .workspace = *workspace,
                          .chats = *store,
                          .incidents = *store,
                          .audit = *store,
                          .log = log,
                          .clock = clock,
                          .decide =
                              [this](const ApprovalDecision& decision) {
                                return store->Decide(decision, clock.Now());
                              },
                          .secret = [] { return kBotToken; }});
  door = std::make_unique<Door>(*desk, secret_file, clock, log);
}

void SlackWorld::Restart() {
  door.reset();
  desk.reset();
  store.reset();
  Start();
}

Incident SlackWorld::Ask(const std::string& name, const std::string& ts,
                         int people) {
  Incident incident;
  incident.id = NewUlid(clock.Now());
  incident.opened_at = clock.Now();
  incident.target = {ObjectKind::kDeployment, "shop", name};
  incident.target_uid = "uid-" + name;
  incident.rule = "memory-leak";
  incident.phase = Phase::kAwaitingApproval;
  incident.plan = Plan{};
  incident.plan->risk = Risk::kHigh;
  incident.plan->hash = "hash-1";
  incident.approval = Approval{};
  incident.approval->plan_hash = "hash-1";
  incident.approval->target_uid = incident.target_uid;
  incident.approval->generation = 4;
  incident.approval->asked_at = clock.Now();
  incident.approval->expires_at = clock.Now() + seconds(900);
  incident.approval->people = people;
  Save(incident);
  EXPECT_TRUE(store->SaveThread({incident.id, "C1", ts}).ok());
  return incident;
}

void SlackWorld::Save(const Incident& incident) {
  IncidentUpdate update;
  update.incident = &incident;
  const Result<void> saved = store->Save(update);
  ASSERT_TRUE(saved.ok()) << saved.error().message;
}

Incident SlackWorld::Load(const Incident& incident) {
  return *store->Load(incident.id);
}

Result<Intent> SlackWorld::Act(const Incident& incident) {
  testing::PermitRequest request;
  request.purpose.incident_id = incident.id;
  request.purpose.action_id = "action";
  request.purpose.intent_id = "action/1";
  request.purpose.kind = ActionKind::kRollingRestart;
  request.purpose.target = incident.target;
  request.purpose.target_uid = incident.target_uid;
  request.purpose.runbook = "memory-leak";
  request.purpose.plan_hash = "hash-1";
  request.mutation =
      DeletePod{{ObjectKind::kPod, "shop", "cart-1"}, "uid-pod", "42"};
  request.request = {"DELETE", "/api/v1/namespaces/shop/pods/cart-1",
                     "application/json", "{}"};
  request.needs_approval = true;
  Incident next = Load(incident);
  next.phase = Phase::kExecuting;
  next.executions.emplace_back().intent_id = request.purpose.intent_id;
  return store->RecordIntent(testing::MakePermit(request, clock), next, {});
}

std::string SlackWorld::Now(int plus) const {
  const auto now = std::chrono::floor<seconds>(clock.Now());
  return std::to_string(now.time_since_epoch().count() + plus);
}

json SlackWorld::Click(const Incident& incident, const std::string& ts,
                       const std::string& user, const std::string& action) {
  return {
      {"type", "block_actions"},
      {"user", {{"id", user}, {"team_id", "T1"}, {"name", "u"}}},
      {"api_app_id", "A1"},
      {"team", {{"id", "T1"}}},
      {"channel", {{"id", "C1"}}},
      {"container", {{"message_ts", ts}, {"channel_id", "C1"}}},
      {"response_url", "https://hooks.slack.com/actions/T1/1/x"},
      {"actions",
       {{{"action_id", action},
         {"block_id", "approval"},
         {"value", QuestionValue(kBotToken, incident.id, *incident.approval)},
         {"action_ts", Now() + "." + std::to_string(100000 + ++stamps_)}}}}};
}

json SlackWorld::Reply(const std::string& ts, const std::string& user,
                       const std::string& text) {
  const std::string said = Now() + "." + std::to_string(100000 + ++stamps_);
  return {{"type", "event_callback"},
          {"team_id", "T1"},
          {"api_app_id", "A1"},
          {"event_id", "Ev" + said},
          {"event",
           {{"type", "message"},
            {"channel", "C1"},
            {"user", user},
            {"team", "T1"},
            {"text", text},
            {"ts", said},
            {"thread_ts", ts}}}};
}

std::string SlackWorld::Form(const json& payload) {
  return "payload=" + http::PercentEncode(payload.dump());
}

ChatRequest SlackWorld::Signed(ChatRequest::Kind kind,
                               const std::string& body) const {
  return {kind, Now(), SignatureOf(kSecret, Now(), body), body};
}

int SlackWorld::Post(ChatRequest request) {
  const ChatAnswer answer = door->Answer(request);
  if (!desk->WorkOff()) {
    clock.Advance(seconds(10));  // It may be of a message just being written.
    EXPECT_TRUE(desk->WorkOff());
  }
  return answer.status;
}

int SlackWorld::PostClick(const json& payload) {
  return Post(Signed(ChatRequest::Kind::kInteraction, Form(payload)));
}

int SlackWorld::PostReply(const json& envelope) {
  return Post(Signed(ChatRequest::Kind::kEvent, envelope.dump()));
}

std::size_t SlackWorld::Calls(const std::string& method) const {
  std::size_t count = 0;
  for (const auto& request : server->requests()) {
    count += request.target == "/" + method ? 1 : 0;
  }
  return count;
}

std::string SlackWorld::LastCall(const std::string& method) const {
  std::string body;
  for (const auto& request : server->requests()) {
    if (request.target == "/" + method) body = request.body;
  }
  return body;
}

std::vector<std::string> SlackWorld::Refusals(const Incident& incident) {
  std::vector<std::string> reasons;
  for (const std::string& id : {incident.id, std::string()}) {
    const auto records = store->Find(id);
    for (const AuditRecord& record : *records) {
      if (record.outcome == "answer_refused") reasons.push_back(record.reason);
    }
  }
  return reasons;
}

}  // namespace selfheal::slack
