#include "adapters/slack/webhook_notifier.h"

#include <algorithm>
#include <utility>

#include "adapters/slack/message.h"
#include "adapters/slack/web_api.h"

namespace selfheal::slack {
namespace {

using std::chrono::steady_clock;

}  // namespace

std::string WebhookBody(const Notice& notice, const std::string& public_url) {
  // No later message can change this one, so what is new goes with the rest.
  Notice whole = notice;
  whole.facts.clear();
  for (const NoticeFact& news : AsFacts(notice.lines)) {
    const bool said = std::any_of(
        notice.facts.begin(), notice.facts.end(), [&](const NoticeFact& fact) {
          return fact.text.find(news.text) != std::string::npos;
        });
    if (!said) whole.facts.push_back(news);
  }
  whole.facts.insert(whole.facts.end(), notice.facts.begin(),
                     notice.facts.end());
  const Message message = StateMessage(whole, public_url, "");
  return Dumped({{"text", message.text}, {"blocks", message.blocks}});
}

Result<std::unique_ptr<WebhookNotifier>> WebhookNotifier::Create(
    Options options, Logger& log) {
  auto client = http::Client::Create(
      {.base_url = options.webhook_url, .user_agent = options.user_agent});
  if (!client) return client.error().With("slack.webhook_url");
  return std::unique_ptr<WebhookNotifier>(
      new WebhookNotifier(std::move(options), *std::move(client), log));
}

WebhookNotifier::WebhookNotifier(Options options,
                                 std::unique_ptr<http::Client> client,
                                 Logger& log)
    : options_(std::move(options)),
      client_(std::move(client)),
      log_(log),
      thread_([this] { Run(); }) {}

WebhookNotifier::~WebhookNotifier() { Stop(options_.grace); }

void WebhookNotifier::Notify(const Notice& notice) {
  if (notice.lines.empty()) return;
  std::string body = WebhookBody(notice, options_.public_url);
  {
    const MutexLock lock(mutex_);
    if (stopping_) {
      ++counts_.dropped;
      return;
    }
    if (waiting_.size() >= options_.queue) {
      waiting_.pop_front();
      ++counts_.dropped;
    }
    waiting_.push_back(std::move(body));
  }
  changed_.notify_all();
}

void WebhookNotifier::Stop(Duration grace) {
  {
    const MutexLock lock(mutex_);
    if (!stopping_) give_up_at_ = steady_clock::now() + grace;
    stopping_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

WebhookNotifier::Counts WebhookNotifier::counts() const {
  const MutexLock lock(mutex_);
  return counts_;
}

bool WebhookNotifier::PastGrace() const {
  return stopping_ && steady_clock::now() >= give_up_at_;
}

bool WebhookNotifier::Take(std::string& body) {
  const MutexLock lock(mutex_);
  while (waiting_.empty() && !stopping_) changed_.wait(mutex_);
  if (waiting_.empty() || PastGrace()) {
    counts_.dropped += waiting_.size();
    waiting_.clear();
    return false;
  }
  body = std::move(waiting_.front());
  waiting_.pop_front();
  return true;
}

/// False where the grace of Stop ended first.
bool WebhookNotifier::Wait(Duration duration) {
  const auto until = steady_clock::now() + duration;
  const MutexLock lock(mutex_);
  while (!PastGrace()) {
    const auto now = steady_clock::now();
    if (now >= until) return true;
    changed_.wait_until(mutex_,
                        stopping_ ? std::min(until, give_up_at_) : until);
  }
  return false;
}

void WebhookNotifier::Run() {
  std::string body;
  while (Take(body)) {
    Deliver(body);
    Wait(options_.spacing);
  }
}

WebhookNotifier::Attempt WebhookNotifier::Send(const std::string& body,
                                               Duration& wait) {
  const http::Outcome outcome =
      client_->Send({.method = http::Method::kPost,
                     .headers = {"Content-Type: application/json"},
                     .body = body,
                     .timeout = options_.timeout,
                     .max_body = std::size_t{64} << 10});
  if (!outcome.ok()) {
    log_.Warn("Slack did not take a notice",
              {{"reason", outcome.failure().error.message}});
    return Attempt::kAgain;
  }
  const int status = outcome.response().status;
  if (status == 200) return Attempt::kSent;
  log_.Warn("Slack did not take a notice",
            {{"status", static_cast<std::int64_t>(status)}});
  if (status != 429 && status < 500) return Attempt::kRefused;
  wait = std::max(wait, RetryAfter(outcome.response()));
  return Attempt::kAgain;
}

void WebhookNotifier::Deliver(const std::string& body) {
  Duration back_off = options_.back_off;
  for (int attempt = 1;; ++attempt) {
    Duration wait = back_off;
    const Attempt result = Send(body, wait);
    if (options_.on_attempt) options_.on_attempt(result == Attempt::kSent);
    if (result == Attempt::kSent) {
      const MutexLock lock(mutex_);
      ++counts_.sent;
      return;
    }
    if (result == Attempt::kRefused || attempt >= options_.attempts ||
        !Wait(std::min(wait, options_.max_back_off))) {
      const MutexLock lock(mutex_);
      ++counts_.failed;
      return;
    }
    back_off = std::min(back_off * 2, options_.max_back_off);
  }
}

}  // namespace selfheal::slack
