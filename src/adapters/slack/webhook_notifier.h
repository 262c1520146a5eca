#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <thread>

#include "adapters/http/client.h"
#include "core/clock.h"
#include "core/log.h"
#include "core/mutex.h"
#include "core/notice.h"
#include "core/result.h"
#include "record/notifier.h"

namespace selfheal::slack {

struct Options {
  /// The incoming webhook; a secret, never logged.
  std::string webhook_url;
  std::string user_agent = "selfheal";
  /// Where people reach this service; "" = no link.
  std::string public_url = "";
  /// Notices that wait; beyond it the oldest is dropped and counted.
  std::size_t queue = 256;
  int attempts = 5;
  /// Of one attempt.
  Duration timeout = std::chrono::seconds(5);
  /// Before the second attempt; doubles up to `max_back_off`.
  Duration back_off = std::chrono::seconds(1);
  /// Also the cap of a Retry-After.
  Duration max_back_off = std::chrono::seconds(60);
  /// Between two notices: Slack takes about one a second and channel.
  Duration spacing = std::chrono::seconds(1);
  /// What the destructor gives the notices that still wait.
  Duration grace = std::chrono::seconds(3);
  /// Told after each attempt whether Slack took it; may be empty.
  std::function<void(bool up)> on_attempt = {};
};

/// The JSON body of a notice: a header, its facts, its lines, its incident; no
/// markup but the link.
std::string WebhookBody(const Notice& notice, const std::string& public_url);

/// Notifier over a Slack incoming webhook.
///
/// Notify only queues; one thread of its own sends. A webhook can't change what
/// it sent, so a notice without news is not sent. A notice is sent at least
/// once: after a lost answer it may appear twice. Thread-safe.
class WebhookNotifier final : public Notifier {
 public:
  struct Counts {
    std::uint64_t sent = 0;
    std::uint64_t dropped = 0;  ///< The queue was full, or Stop came first.
    std::uint64_t failed = 0;   ///< Refused for good, or out of attempts.
  };

  /// `log` must outlive the notifier.
  /// @error kInvalidArgument  the URL (which the message does not repeat).
  static Result<std::unique_ptr<WebhookNotifier>> Create(Options options,
                                                         Logger& log);
  ~WebhookNotifier() override;

  void Notify(const Notice& notice) override EXCLUDES(mutex_);

  /// Takes no more notices and sends what waits, for at most `grace`; the
  /// rest is dropped. Returns after at most `grace` and one attempt's timeout.
  void Stop(Duration grace) EXCLUDES(mutex_);

  Counts counts() const EXCLUDES(mutex_);

 private:
  /// What one attempt came to.
  enum class Attempt { kSent, kAgain, kRefused };

  WebhookNotifier(Options options, std::unique_ptr<http::Client> client,
                  Logger& log);
  void Run() EXCLUDES(mutex_);
  bool Take(std::string& body) EXCLUDES(mutex_);
  void Deliver(const std::string& body) EXCLUDES(mutex_);
  Attempt Send(const std::string& body, Duration& wait);
  bool Wait(Duration duration) EXCLUDES(mutex_);
  bool PastGrace() const REQUIRES(mutex_);

  const Options options_;
  const std::unique_ptr<http::Client> client_;
  Logger& log_;

  mutable Mutex mutex_;
  CondVar changed_;
  std::deque<std::string> waiting_ GUARDED_BY(mutex_);
  Counts counts_ GUARDED_BY(mutex_);
  bool stopping_ GUARDED_BY(mutex_) = false;
  std::chrono::steady_clock::time_point give_up_at_ GUARDED_BY(mutex_);

  std::thread thread_;  // Last: it runs on all of the above.
};

}  // namespace selfheal::slack
