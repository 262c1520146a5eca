#include "adapters/slack/approval_desk.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <utility>

#include "adapters/crypto/digest.h"
#include "adapters/slack/message.h"
#include "adapters/slack/question_value.h"
#include "adapters/slack/replies.h"

namespace selfheal::slack {
namespace {

using std::chrono::steady_clock;

constexpr std::chrono::seconds kRetry{1};
/// After Slack did not tell what was replied; where it limits us, as it says.
constexpr std::chrono::seconds kReadAgain{5};
/// No question lives longer, so neither does an answer.
constexpr std::chrono::minutes kTooLate{15};
/// Between Slack's showing a message of ours and our remembering it.
constexpr std::chrono::seconds kSettling{5};
constexpr std::chrono::minutes kWindow{1};
constexpr std::size_t kMostRefusals = 5;
constexpr std::size_t kMostPeople = 1000;

/// "1531420618.000200", to the second.
Time TimeOf(const std::string& ts) {
  long long value = 0;
  std::from_chars(ts.data(), ts.data() + ts.size(), value);
  return Time(std::chrono::seconds(value));
}

Fields ViaOf(const Answer& answer) {
  return {{"via", std::string(answer.button ? "slack button" : "slack reply")},
          {"team", answer.team},
          {"channel", answer.channel},
          {"message_ts", answer.thread},
          {"ts", answer.ts}};
}

std::string NameOf(const Answer& answer) { return "slack:" + answer.user; }

/// What of an answer Slack itself contradicts.
std::string Foreign(const Answer& answer, const Identity& we) {
  const bool ours = we.enterprise.empty() ? answer.team == we.team
                                          : answer.enterprise == we.enterprise;
  if (!ours) return "sent by another workspace";
  if (answer.app != we.app) return "sent for another app";
  // Of an organisation a person has any team; users.info knows whether ours.
  if (we.enterprise.empty() && !answer.user_team.empty() &&
      answer.user_team != we.team) {
    return "said by a person of another workspace";
  }
  return "";
}

}  // namespace

void ApprovalDesk::Start() {
  thread_ = std::thread([this] { Run(); });
}

void ApprovalDesk::Stop() {
  {
    const MutexLock lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

Result<void> ApprovalDesk::Take(const Heard& heard) {
  if (!heard.answer) return {};
  const auto taken =
      ports_.chats.TakeInput({.keys = heard.keys,
                              .body = WriteAnswer(*heard.answer),
                              .received_at = ports_.clock.Now()});
  if (!taken.ok()) return taken.error();
  {
    const MutexLock lock(mutex_);
    arrived_ = true;
  }
  changed_.notify_all();
  return {};
}

void ApprovalDesk::ReadAgain() {
  {
    const MutexLock lock(mutex_);
    behind_ = true;
    arrived_ = true;
  }
  changed_.notify_all();
}

bool ApprovalDesk::CatchUp() {
  {
    const MutexLock lock(mutex_);
    if (!behind_) return true;
    if (ports_.clock.SteadyNow() < catch_up_at_) return false;
    behind_ = false;
  }
  const Result<void> done = ReadOpenThreads();
  if (done.ok()) return true;
  ports_.log.Warn("what was replied in Slack meanwhile is read later",
                  {{"reason", done.error().message}});
  catch_up_at_ = std::max(catch_up_at_, ports_.clock.SteadyNow() + kReadAgain);
  const MutexLock lock(mutex_);
  behind_ = true;
  return false;
}

Result<void> ApprovalDesk::ReadOpenThreads() {
  const auto unfinished = ports_.incidents.Unfinished();
  if (!unfinished.ok()) return unfinished.error();
  const Result<Identity> we = ports_.workspace.Who();
  if (!we.ok()) return we.error();
  for (const Incident& incident : *unfinished) {
    if (auto read = CatchUpOn(incident, *we); !read.ok()) return read;
  }
  return {};
}

Result<void> ApprovalDesk::CatchUpOn(const Incident& incident,
                                     const Identity& we) {
  if (!incident.approval ||
      incident.approval->state != ApprovalState::kPending) {
    return {};
  }
  const auto thread = ports_.chats.ThreadOf(incident.id);
  if (!thread.ok()) return thread.error();
  if (!*thread) return {};
  const Replies replies =
      ReadReplies(ports_.api, we, **thread, incident.approval->asked_at);
  if (const auto* failed = std::get_if<ApiError>(&replies)) {
    if (failed->kind == ApiError::Kind::kAgain ||
        failed->kind == ApiError::Kind::kLimited) {
      catch_up_at_ = ports_.clock.SteadyNow() + failed->retry_after;
      return Error{Code::kUnavailable, failed->code};
    }
    ports_.log.Error("Slack does not tell what was replied meanwhile",
                     {{"incident", incident.id}, {"reason", failed->code}});
    return {};
  }
  for (const Heard& heard : std::get<std::vector<Heard>>(replies)) {
    if (auto taken = Take(heard); !taken.ok()) return taken;
  }
  return {};
}

bool ApprovalDesk::WorkOff() {
  bool whole = CatchUp();
  const auto waiting = ports_.chats.WaitingInputs();
  if (!waiting.ok()) return false;
  for (const ChatInput& input : *waiting) whole = Work(input) && whole;
  return whole;
}

void ApprovalDesk::Run() {
  while (true) {
    const bool again = !WorkOff();
    const MutexLock lock(mutex_);
    const auto until = steady_clock::now() + kRetry;
    while (!stopping_ && !arrived_ &&
           !(again && steady_clock::now() >= until)) {
      if (again) {
        changed_.wait_until(mutex_, until);
      } else {
        changed_.wait(mutex_);
      }
    }
    arrived_ = false;
    if (stopping_) return;
  }
}

bool ApprovalDesk::Work(const ChatInput& input) {
  const Result<Answer> answer = ReadAnswer(input.body);
  Result<void> heard;
  if (!answer.ok()) {
    ports_.log.Error("an answer of Slack is not readable any more",
                     {{"reason", answer.error().message}});
  } else if (ports_.clock.Now() - input.received_at > kTooLate) {
    heard = Refuse(*answer, "", "it could not be heard in time",
                   "This came too late.");
  } else {
    const Result<Identity> we = ports_.workspace.Who();
    heard = we.ok() ? Hear(*answer, *we, input.received_at)
                    : Result<void>(we.error());
  }
  if (heard.ok()) heard = ports_.chats.FinishInput(input.row);
  if (!heard.ok()) {
    ports_.log.Warn("an answer of Slack waits",
                    {{"reason", heard.error().message}});
  }
  return heard.ok();
}

Result<void> ApprovalDesk::Hear(const Answer& answer, const Identity& we,
                                Time received_at) {
  if (answer.user == we.user) return {};
  // Who asks a colleague to approve has not approved.
  if (!answer.addressee.empty() && answer.addressee != we.user) return {};
  const std::string foreign = Foreign(answer, we);
  if (!foreign.empty()) return NotAllowed(answer, "", foreign);
  const auto thread = ports_.chats.ThreadAt(answer.channel, answer.thread);
  if (!thread.ok()) return thread.error();
  if (!*thread) {
    if (!answer.unclear && ports_.clock.Now() - received_at < kSettling) {
      return Error{Code::kUnavailable, "its message may just be being written"};
    }
    // Who replies in another thread of the channel does not speak to us.
    if (!answer.button) return {};
    return NotAllowed(answer, "", "it answers no message of ours");
  }
  const auto incident = ports_.incidents.Load((*thread)->incident_id);
  if (!incident.ok()) return incident.error();
  if (!answer.unclear) return Consider(answer, *incident);
  Hint(answer, *incident);
  return {};
}

Result<void> ApprovalDesk::Consider(const Answer& answer,
                                    const Incident& incident) {
  const Risk risk = incident.plan ? incident.plan->risk : Risk::kHigh;
  const std::string objection = ports_.workspace.Objection(answer.user, risk);
  if (!objection.empty()) {
    return NotAllowed(answer, incident.id, objection);
  }
  const std::string outdated = Outdated(answer, incident);
  if (!outdated.empty()) {
    return Refuse(answer, incident.id, outdated,
                  "Not taken: " + outdated + ".");
  }
  const Result<Incident> decided =
      ports_.decide({.incident_id = incident.id,
                     .plan_hash = incident.approval->plan_hash,
                     .grant = answer.approve,
                     .by = NameOf(answer),
                     .reason = answer.reason,
                     .via = ViaOf(answer)});
  if (decided.ok()) return {};
  if (Retryable(decided.error().code)) return decided.error();
  const std::string& why = decided.error().message;
  return Refuse(answer, incident.id, why, "Not taken: " + why + ".");
}

void ApprovalDesk::Hint(const Answer& answer, const Incident& incident) {
  if (!Outdated(answer, incident).empty()) return;
  const SteadyTime now = ports_.clock.SteadyNow();
  if (hinted_.size() > kMostPeople) hinted_.clear();
  const auto [last, first] = hinted_.try_emplace(
      answer.user + "|" + incident.id + "|" + incident.approval->plan_hash,
      now);
  if (!first && now - last->second < kWindow) return;
  last->second = now;
  const Risk risk = incident.plan ? incident.plan->risk : Risk::kHigh;
  if (!ports_.workspace.Objection(answer.user, risk).empty()) return;
  Tell(answer,
       "Not taken as an answer: expected approve or deny as the first word; a "
       "reason may follow.");
}

std::string ApprovalDesk::Outdated(const Answer& answer,
                                   const Incident& incident) const {
  if (!incident.approval) return "nothing is asked about this incident";
  const Approval& asked = *incident.approval;
  const bool pending = asked.state == ApprovalState::kPending &&
                       incident.phase == Phase::kAwaitingApproval;
  if (answer.button) {
    const std::string secret = ports_.secret();
    if (secret.empty() ||
        !ConstantTimeEqual(QuestionValue(secret, incident.id, asked),
                           answer.value)) {
      return "the plan has changed since; look at the message as it is now";
    }
  } else if (TimeOf(answer.ts) <
             std::chrono::floor<std::chrono::seconds>(asked.asked_at)) {
    return "the plan has changed since; look at the message as it is now";
  }
  if (!pending) {
    return "the question is not open any more, but " +
           std::string(ApprovalStateName(asked.state));
  }
  if (TimeOf(answer.ts) >= asked.expires_at) {
    return "the question expired at " + FormatTime(asked.expires_at);
  }
  return "";
}

Result<void> ApprovalDesk::NotAllowed(const Answer& answer,
                                      const std::string& incident,
                                      const std::string& why) {
  if (answer.unclear) return {};
  const SteadyTime now = ports_.clock.SteadyNow();
  if (refused_.size() > kMostPeople) refused_.clear();
  auto& times = refused_[answer.team + "|" + answer.user];
  while (!times.empty() && now - times.front() > kWindow) times.pop_front();
  if (times.size() >= kMostRefusals) return {};
  const Result<void> refused =
      Refuse(answer, incident, why, "You are not allowed to answer this.");
  if (refused.ok()) times.push_back(now);
  return refused;
}

Result<void> ApprovalDesk::Refuse(const Answer& answer,
                                  const std::string& incident,
                                  const std::string& why,
                                  const std::string& told) {
  if (answer.unclear) return {};
  Fields data = {{"by", NameOf(answer)},
                 {"said", std::string(answer.approve ? kApprove : kDeny)}};
  const Fields via = ViaOf(answer);
  data.insert(data.end(), via.begin(), via.end());
  const AuditRecord record{.seq = 0,
                           .at = ports_.clock.Now(),
                           .incident_id = incident,
                           .stage = Stage::kGuard,
                           .outcome = "answer_refused",
                           .reason = why,
                           .data = data};
  const Result<void> written = ports_.audit.Append(std::span(&record, 1));
  if (!written.ok()) return written;
  data.emplace_back("incident", incident);
  data.emplace_back("reason", why);
  ports_.log.Warn("an answer in Slack is refused", data);
  Tell(answer, told);
  return {};
}

void ApprovalDesk::Tell(const Answer& answer, const std::string& line) {
  const Message message = LineMessage(line);
  const ApiAnswer sent = ports_.api.Call("chat.postEphemeral",
                                         {{"channel", answer.channel},
                                          {"user", answer.user},
                                          {"thread_ts", answer.thread},
                                          {"text", message.text},
                                          {"blocks", Dumped(message.blocks)}});
  if (const auto* failed = std::get_if<ApiError>(&sent)) {
    ports_.log.Warn("a person could not be told",
                    {{"user", answer.user}, {"reason", failed->code}});
  }
}

}  // namespace selfheal::slack
