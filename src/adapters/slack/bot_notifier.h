#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "adapters/slack/message.h"
#include "adapters/slack/web_api.h"
#include "core/clock.h"
#include "core/log.h"
#include "core/mutex.h"
#include "core/notice.h"
#include "record/chat_store.h"
#include "record/notifier.h"

namespace selfheal::slack {

/// Notifier over a bot: one message an incident, changed in place as the
/// incident moves, what is new as replies in its thread.
///
/// Notify only queues; one thread of its own sends, questions first. A message
/// appears at least once: after a lost answer it may appear twice. Thread-safe.
class BotNotifier final : public Notifier {
 public:
  /// Each outlives the notifier.
  struct Ports {
    WebApi& api;
    ChatStore& chats;
    Logger& log;
    /// The value of a question's buttons; "" = none.
    std::function<std::string(const Notice&)> value_of;
    /// Told after each call whether Slack took it; may be empty.
    std::function<void(bool up)> on_attempt = {};
  };
  struct Options {
    std::string channel;
    std::string public_url = "";
    /// Incidents with something to send; beyond it the oldest that asks
    /// nothing is dropped and counted.
    std::size_t incidents = 256;
    int attempts = 8;
    Duration back_off = std::chrono::seconds(1);
    Duration max_back_off = std::chrono::seconds(60);
    /// Slack takes about one new message a second and channel, 50 changes a
    /// minute.
    Duration post_spacing = std::chrono::seconds(1);
    Duration update_spacing = std::chrono::milliseconds(1200);
    /// What the destructor gives what still waits.
    Duration grace = std::chrono::seconds(3);
  };
  struct Counts {
    std::uint64_t sent = 0;
    std::uint64_t dropped = 0;
    std::uint64_t failed = 0;
  };

  BotNotifier(Ports ports, Options options);
  ~BotNotifier() override;

  void Notify(const Notice& notice) override EXCLUDES(mutex_);
  /// As WebhookNotifier::Stop.
  void Stop(Duration grace) EXCLUDES(mutex_);
  Counts counts() const EXCLUDES(mutex_);

 private:
  using SteadyPoint = std::chrono::steady_clock::time_point;

  /// What of one incident is still to be sent.
  struct Pending {
    long long order = 0;
    std::optional<Notice> state;
    std::deque<std::vector<std::string>> news;
    SteadyPoint not_before = {};
    int attempts = 0;
  };
  /// One call to make: the state, or (without one) the oldest news.
  struct Job {
    std::string incident;
    std::optional<Notice> state;
    std::vector<std::string> news;
    long long order = 0;
  };
  enum class Came { kDone, kLater, kNever };

  void Run() EXCLUDES(mutex_);
  bool Next(Job& job) EXCLUDES(mutex_);
  void MakeRoom() REQUIRES(mutex_);
  std::map<std::string, Pending>::iterator Best(SteadyPoint now)
      REQUIRES(mutex_);
  SteadyPoint WakeAt() const REQUIRES(mutex_);
  bool PastGrace() const REQUIRES(mutex_);
  void PutBack(Job job, SteadyPoint when, bool counts) EXCLUDES(mutex_);
  void Count(std::uint64_t Counts::* what) EXCLUDES(mutex_);

  void Deliver(Job job) EXCLUDES(mutex_);
  ApiAnswer Send(const Job& job, const std::optional<ChatThread>& thread,
                 std::string& method);
  void Sent(const Job& job, bool posted, const nlohmann::json& answer);
  void Failed(Job job, const std::string& method, const ApiError& error);

  const Ports ports_;
  const Options options_;

  mutable Mutex mutex_;
  CondVar changed_;
  std::map<std::string, Pending> pending_ GUARDED_BY(mutex_);
  long long next_order_ GUARDED_BY(mutex_) = 0;
  Counts counts_ GUARDED_BY(mutex_);
  bool stopping_ GUARDED_BY(mutex_) = false;
  SteadyPoint give_up_at_ GUARDED_BY(mutex_) = {};
  /// When a method may be called again; of the thread alone.
  std::map<std::string, SteadyPoint> paused_until_;

  std::thread thread_;  // Last: it runs on all of the above.
};

}  // namespace selfheal::slack
