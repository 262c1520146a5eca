#include "adapters/slack/bot_notifier.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace selfheal::slack {
namespace {

using std::chrono::steady_clock;

constexpr const char* kPost = "chat.postMessage";
constexpr const char* kUpdate = "chat.update";
/// Of one incident, that wait; the oldest goes first.
constexpr std::size_t kMostNews = 20;

/// The message that was to be changed can't be: a new one takes its place.
bool MessageIsGone(const std::string& code) {
  constexpr std::array<std::string_view, 4> kGone = {
      "message_not_found", "thread_not_found", "cant_update_message",
      "edit_window_closed"};
  return std::find(kGone.begin(), kGone.end(), code) != kGone.end();
}

std::string TextAt(const nlohmann::json& answer, const char* key) {
  const auto found = answer.find(key);
  return found != answer.end() && found->is_string() ? found->get<std::string>()
                                                     : std::string();
}

}  // namespace

BotNotifier::BotNotifier(Ports ports, Options options)
    : ports_(std::move(ports)),
      options_(std::move(options)),
      thread_([this] { Run(); }) {}

BotNotifier::~BotNotifier() { Stop(options_.grace); }

void BotNotifier::Notify(const Notice& notice) {
  {
    const MutexLock lock(mutex_);
    if (stopping_) {
      ++counts_.dropped;
      return;
    }
    // What belongs to no incident stands alone.
    const std::string key = notice.incident_id.empty()
                                ? "#" + std::to_string(next_order_)
                                : notice.incident_id;
    if (!pending_.contains(key)) {
      MakeRoom();
      pending_[key].order = next_order_++;
    }
    Pending& pending = pending_[key];
    pending.state = notice;
    // What waits for its method alone need not hold up another method.
    if (pending.attempts == 0) pending.not_before = {};
    if (notice.incident_id.empty()) {
      pending.state->facts = AsFacts(notice.lines);
    } else if (!notice.lines.empty()) {
      pending.news.push_back(notice.lines);
      if (pending.news.size() > kMostNews) pending.news.pop_front();
    }
  }
  changed_.notify_all();
}

void BotNotifier::MakeRoom() {
  if (pending_.size() < options_.incidents) return;
  const auto key = [](const auto& entry) {
    const Pending& p = entry.second;
    return std::pair(p.state && p.state->question, p.order);
  };
  pending_.erase(std::min_element(
      pending_.begin(), pending_.end(),
      [&](const auto& a, const auto& b) { return key(a) < key(b); }));
  ++counts_.dropped;
}

void BotNotifier::Stop(Duration grace) {
  {
    const MutexLock lock(mutex_);
    if (!stopping_) give_up_at_ = steady_clock::now() + grace;
    stopping_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

BotNotifier::Counts BotNotifier::counts() const {
  const MutexLock lock(mutex_);
  return counts_;
}

void BotNotifier::Count(std::uint64_t Counts::* what) {
  const MutexLock lock(mutex_);
  ++(counts_.*what);
}

bool BotNotifier::PastGrace() const {
  return stopping_ && steady_clock::now() >= give_up_at_;
}

/// Questions before states before news, then by age.
std::map<std::string, BotNotifier::Pending>::iterator BotNotifier::Best(
    SteadyPoint now) {
  const auto rank = [](const Pending& p) {
    const int kind = !p.state ? 2 : p.state->question ? 0 : 1;
    return std::pair(kind, p.order);
  };
  auto best = pending_.end();
  for (auto it = pending_.begin(); it != pending_.end(); ++it) {
    if (it->second.not_before > now) continue;
    if (best == pending_.end() || rank(it->second) < rank(best->second)) {
      best = it;
    }
  }
  return best;
}

BotNotifier::SteadyPoint BotNotifier::WakeAt() const {
  SteadyPoint wake = stopping_ ? give_up_at_ : SteadyPoint::max();
  for (const auto& [incident, pending] : pending_) {
    wake = std::min(wake, pending.not_before);
  }
  return wake;
}

/// Takes what is most urgent; false where nothing more is to be done.
bool BotNotifier::Next(Job& job) {
  const MutexLock lock(mutex_);
  while (true) {
    if (PastGrace() || (stopping_ && pending_.empty())) {
      counts_.dropped += pending_.size();
      pending_.clear();
      return false;
    }
    const auto best = Best(steady_clock::now());
    if (best == pending_.end()) {
      if (pending_.empty()) {
        changed_.wait(mutex_);
      } else {
        changed_.wait_until(mutex_, WakeAt());
      }
      continue;
    }
    Pending& pending = best->second;
    job = {best->first,
           std::exchange(pending.state, std::nullopt),
           {},
           pending.order};
    if (!job.state && !pending.news.empty()) {
      job.news = std::move(pending.news.front());
      pending.news.pop_front();
    }
    if (!job.state && job.news.empty()) {
      pending_.erase(best);
      continue;
    }
    return true;
  }
}

/// `job` is tried again, unless something newer has come meanwhile.
void BotNotifier::PutBack(Job job, SteadyPoint when, bool counts) {
  const MutexLock lock(mutex_);
  Pending& pending = pending_[job.incident];
  pending.order = job.order;
  pending.not_before = when;
  if (counts && ++pending.attempts >= options_.attempts) {
    ++counts_.failed;
    pending.attempts = 0;
    return;
  }
  if (job.state) {
    if (!pending.state) pending.state = std::move(job.state);
  } else {
    pending.news.push_front(std::move(job.news));
  }
}

void BotNotifier::Run() {
  Job job;
  while (Next(job)) Deliver(std::move(job));
}

ApiAnswer BotNotifier::Send(const Job& job,
                            const std::optional<ChatThread>& thread,
                            std::string& method) {
  const bool update = job.state && thread;
  method = update ? kUpdate : kPost;
  const Message message = job.state
                              ? StateMessage(*job.state, options_.public_url,
                                             ports_.value_of(*job.state))
                              : NewsMessage(job.news);
  Arguments arguments = {
      {"channel", thread ? thread->channel : options_.channel},
      {"text", message.text},
      {"blocks", Dumped(message.blocks)}};
  if (update) arguments.emplace_back("ts", thread->ts);
  if (!update) {
    arguments.emplace_back("unfurl_links", "false");
    arguments.emplace_back("unfurl_media", "false");
    if (thread) arguments.emplace_back("thread_ts", thread->ts);
  }
  return ports_.api.Call(method, arguments);
}

void BotNotifier::Deliver(Job job) {
  std::optional<ChatThread> thread;
  const bool of_incident = !job.incident.starts_with('#');
  if (of_incident) {
    auto found = ports_.chats.ThreadOf(job.incident);
    if (!found.ok()) {
      return PutBack(std::move(job), steady_clock::now() + options_.back_off,
                     true);
    }
    thread = *std::move(found);
  }
  if (!job.state && !thread) return Count(&Counts::failed);
  const SteadyPoint free = paused_until_[job.state && thread ? kUpdate : kPost];
  if (free > steady_clock::now()) {
    return PutBack(std::move(job), free, false);
  }
  std::string method;
  const ApiAnswer answer = Send(job, thread, method);
  const auto* error = std::get_if<ApiError>(&answer);
  if (ports_.on_attempt) ports_.on_attempt(error == nullptr);
  if (error != nullptr) {
    if (thread && MessageIsGone(error->code) &&
        ports_.chats.ForgetThread(job.incident).ok()) {
      return PutBack(std::move(job), steady_clock::now(), true);
    }
    return Failed(std::move(job), method, *error);
  }
  const bool posted = method == kPost;
  paused_until_[method] =
      steady_clock::now() +
      (posted ? options_.post_spacing : options_.update_spacing);
  Sent(job, of_incident && posted && job.state.has_value(),
       std::get<nlohmann::json>(answer));
}

void BotNotifier::Sent(const Job& job, bool posted,
                       const nlohmann::json& answer) {
  {
    const MutexLock lock(mutex_);
    ++counts_.sent;
    const auto found = pending_.find(job.incident);
    if (found != pending_.end()) found->second.attempts = 0;
  }
  if (!posted) return;
  const ChatThread thread{job.incident, TextAt(answer, "channel"),
                          TextAt(answer, "ts")};
  const Result<void> saved = ports_.chats.SaveThread(thread);
  if (!saved.ok()) {
    ports_.log.Error(
        "the message of an incident is not remembered",
        {{"incident", job.incident}, {"error", saved.error().message}});
  }
}

void BotNotifier::Failed(Job job, const std::string& method,
                         const ApiError& error) {
  const Fields fields = {{"method", method}, {"reason", error.code}};
  const auto now = steady_clock::now();
  switch (error.kind) {
    case ApiError::Kind::kLimited: {
      const SteadyPoint when =
          now + std::max(error.retry_after, options_.back_off);
      paused_until_[method] = when;
      ports_.log.Warn("Slack limits our calls", fields);
      return PutBack(std::move(job), when, false);
    }
    case ApiError::Kind::kAgain:
      ports_.log.Warn("Slack did not take a call", fields);
      break;
    case ApiError::Kind::kOperator:
      ports_.log.Error("Slack needs a person: token, scope or channel", fields);
      break;
    case ApiError::Kind::kRefused:
      ports_.log.Error("Slack refused a message", fields);
      return Count(&Counts::failed);
  }
  int attempts = 0;
  {
    const MutexLock lock(mutex_);
    attempts = pending_[job.incident].attempts;
  }
  const Duration wait = options_.back_off * (1 << std::min(attempts, 10));
  PutBack(std::move(job), now + std::min(wait, options_.max_back_off), true);
}

}  // namespace selfheal::slack
