#include "adapters/slack/workspace.h"

#include <algorithm>
#include <chrono>

#include "codec/field_reader.h"

namespace selfheal::slack {
namespace {

using nlohmann::json;

constexpr std::chrono::minutes kKept{5};
constexpr std::size_t kMostKept = 1000;

Error Unanswered(const std::string& method, const std::string& why) {
  return {Code::kUnavailable, "Slack: " + method + ": " + why};
}

/// Marks of a person: "person" where it is an active one, its team and, where
/// there is one, its organisation.
std::set<std::string> ReadPerson(const json& answer) {
  std::optional<Error> error;
  const FieldReader user = FieldReader(answer, error).Object("user");
  std::set<std::string> words = {"team " + user.Required("team_id")};
  const bool active = user.present() && !user.Bool("deleted") &&
                      !user.Bool("is_bot") && !user.Bool("is_stranger");
  if (active) words.insert("person");
  words.insert("enterprise " +
               user.Object("enterprise_user").String("enterprise_id"));
  if (error) return {};
  return words;
}

std::set<std::string> ReadMembers(const json& answer) {
  std::set<std::string> words;
  const auto users = answer.find("users");
  if (users == answer.end() || !users->is_array()) return words;
  for (const json& user : *users) {
    if (user.is_string()) words.insert(user.get<std::string>());
  }
  return words;
}

bool Covers(const Config::ApprovalsConfig::Approver& approver, Risk risk) {
  // Who may approve what is riskier may approve a low risk.
  if (risk == Risk::kLow) return true;
  return std::find(approver.risk.begin(), approver.risk.end(),
                   RiskName(risk)) != approver.risk.end();
}

}  // namespace

Result<Identity> Workspace::Who() {
  {
    const MutexLock lock(mutex_);
    if (who_) return *who_;
  }
  const Result<Identity> who = AskWho();
  if (!who.ok()) return who;
  const MutexLock lock(mutex_);
  who_ = *who;
  return who;
}

Result<Identity> Workspace::AskWho() {
  const ApiAnswer answer = api_.Call("auth.test", {});
  if (const auto* failed = std::get_if<ApiError>(&answer)) {
    return Unanswered("auth.test", failed->code);
  }
  std::optional<Error> error;
  const FieldReader fields(std::get<json>(answer), error);
  Identity who{fields.Required("team_id"), fields.Required("user_id"), ""};
  if (fields.Bool("is_enterprise_install")) {
    who.enterprise = fields.Required("enterprise_id");
  }
  const std::string bot = fields.Required("bot_id");
  if (error) return Unanswered("auth.test", error->message);
  const ApiAnswer more = api_.Call("bots.info", {{"bot", bot}});
  if (const auto* failed = std::get_if<ApiError>(&more)) {
    return Unanswered("bots.info", failed->code);
  }
  const FieldReader info(std::get<json>(more), error);
  who.app = info.Object("bot").Required("app_id");
  if (error) return Unanswered("bots.info", error->message);
  return who;
}

Result<std::set<std::string>> Workspace::Ask(
    const std::string& method, const std::string& key, const std::string& value,
    bool afresh, std::set<std::string> (*read)(const json&)) {
  const std::string name = method + " " + value;
  const SteadyTime now = clock_.SteadyNow();
  if (!afresh) {
    const MutexLock lock(mutex_);
    const auto found = kept_.find(name);
    if (found != kept_.end() && now - found->second.at < kKept) {
      return found->second.words;
    }
  }
  const ApiAnswer answer = api_.Call(method, {{key, value}});
  const MutexLock lock(mutex_);
  if (const auto* failed = std::get_if<ApiError>(&answer)) {
    kept_.erase(name);
    return Unanswered(method, failed->code);
  }
  if (kept_.size() >= kMostKept) kept_.clear();
  kept_[name] = {now, read(std::get<json>(answer))};
  return kept_[name].words;
}

std::string Workspace::PersonObjection(const std::string& user,
                                       const Identity& we, bool afresh) {
  const auto person = Ask("users.info", "user", user, afresh, ReadPerson);
  if (!person.ok()) return person.error().message;
  if (!person->contains("person")) return "not an active person";
  return person->contains(we.enterprise.empty() ? "team " + we.team
                                                : "enterprise " + we.enterprise)
             ? ""
             : "of another workspace";
}

std::string Workspace::Objection(const std::string& user, Risk risk) {
  const auto we = Who();
  if (!we.ok()) return we.error().message;
  const bool afresh = risk == Risk::kHigh;
  std::string trouble;
  bool named = false;
  for (const auto& approver : approvers_) {
    if (named || !Covers(approver, risk)) continue;
    if (!approver.slack_user.empty()) {
      named = approver.slack_user == user;
      continue;
    }
    const auto members = Ask("usergroups.users.list", "usergroup",
                             approver.slack_group, afresh, ReadMembers);
    if (!members.ok()) trouble = members.error().message;
    named = members.ok() && members->contains(user);
  }
  if (named) return PersonObjection(user, *we, afresh);
  if (!trouble.empty()) return trouble;
  return "not among approvals.approvers for the risk " +
         std::string(RiskName(risk));
}

}  // namespace selfheal::slack
