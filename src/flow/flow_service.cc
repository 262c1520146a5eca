#include "flow/flow_service.h"

#include <algorithm>
#include <utility>

namespace selfheal {
namespace {

/// Pause after the store did not answer, and of alerts that must wait.
constexpr seconds kStorePause{1};
/// Correlate looks without being poked this often: a lost poke costs no more.
constexpr seconds kCorrelateInterval{5};
/// The Watchdog alert is read this often.
constexpr seconds kWatchdogInterval{60};
/// Forgotten incidents are looked for this often, and count as such only when
/// whoever opened them must have told of it.
constexpr seconds kTakeUpInterval{60};
constexpr seconds kOpening{10};
/// From the start of one pass to the next at least: while alerts pour in they
/// are correlated by the hundred. The first after a pause does not wait.
constexpr std::chrono::milliseconds kCorrelatePace{20};
/// Where other processes share the store: what they have in hand is asked for
/// this often, what nobody has is looked for, what they stored is correlated,
/// and what they ask about is looked at.
constexpr seconds kClaimAgain{5};
constexpr seconds kSharedTakeUpInterval{10};
constexpr seconds kSharedCorrelateInterval{1};
constexpr seconds kNudgedInterval{1};
/// The duty of the one process that correlates, watches and looks around.
constexpr const char* kLead = "lead";

Correlator::Ports WithWake(
    Correlator::Ports ports,
    std::function<void(const Incident&, Duration)> wake) {
  ports.wake = std::move(wake);
  return ports;
}

WatchLoop::Ports WithWake(WatchLoop::Ports ports,
                          std::function<void(const Incident&)> wake) {
  ports.wake = std::move(wake);
  return ports;
}

}  // namespace

FlowService::FlowService(const FlowPorts& ports, Correlator::Ports correlator,
                         WatchLoop::Ports watch, std::vector<Periodic> jobs,
                         WorkClaims* claims)
    : ports_(ports),
      flow_(ports),
      correlator_(WithWake(std::move(correlator),
                           [this](const Incident& incident, Duration within) {
                             WakeWithin(incident, within);
                           })),
      watch_(
          WithWake(std::move(watch), [this](const Incident& i) { Wake(i); })),
      jobs_(std::move(jobs)),
      claims_(claims),
      queue_(ports.clock) {}

Result<void> FlowService::TakeUp(Time until,
                                 const std::set<std::string>& in_hand) {
  auto unfinished = ports_.incidents.Unfinished();
  if (!unfinished.ok()) return unfinished.error();
  for (const Incident& incident : *unfinished) {
    if (incident.opened_at >= until || in_hand.contains(incident.id)) continue;
    ports_.observer.OnPhase(incident, std::nullopt);
    Enqueue(incident, Duration::zero());
  }
  return {};
}

void FlowService::TakeUpForgotten() {
  // The roster first: whoever leaves it later is finished, or stands in it.
  const std::set<std::string> in_hand = roster_.All();
  const auto taken = TakeUp(ports_.clock.Now() - kOpening, in_hand);
  if (!taken.ok()) {
    ports_.log.Error("unfinished incidents not read",
                     {{"error", taken.error().message}});
  }
}

Result<void> FlowService::Start() {
  if (auto taken = TakeUp(Time::max(), {}); !taken.ok()) return taken;
  for (int i = 0; i < ports_.config.flow.workers; ++i) {
    threads_.emplace_back([this](const std::stop_token& stop) { Work(stop); });
  }
  threads_.emplace_back(
      [this](const std::stop_token& stop) { Correlate(stop); });
  threads_.emplace_back([this](const std::stop_token& stop) {
    Every(stop, ports_.config.watch.interval, [this] {
      if (IsOurs(kLead)) watch_.RunOnce();
    });
  });
  threads_.emplace_back([this](const std::stop_token& stop) {
    Every(stop, kWatchdogInterval, [this] { watch_.LookForWatchdog(); });
  });
  threads_.emplace_back([this](const std::stop_token& stop) {
    Every(stop, claims_ == nullptr ? kTakeUpInterval : kSharedTakeUpInterval,
          [this] { TakeUpForgotten(); });
  });
  if (claims_ != nullptr) {
    threads_.emplace_back([this](const std::stop_token& stop) {
      Every(stop, kNudgedInterval, [this] { LookAgain(); });
    });
  }
  for (const Periodic& job : jobs_) {
    threads_.emplace_back([this, &job](const std::stop_token& stop) {
      Every(stop, job.interval, [this, &job] {
        if (job.by == Periodic::By::kEach || IsOurs(kLead)) job.run();
      });
    });
  }
  return {};
}

void FlowService::Stop() {
  for (std::jthread& thread : threads_) thread.request_stop();
  changed_.notify_all();
  alerts_stored_.notify_all();
  threads_.clear();
}

void FlowService::Poke() {
  {
    MutexLock lock(mutex_);
    if (poked_) return;
    poked_ = true;
  }
  alerts_stored_.notify_one();
}

void FlowService::Wake(const Incident& incident) {
  WakeWithin(incident, Duration::zero());
}

void FlowService::WakeWithin(const Incident& incident, Duration within) {
  Enqueue(incident, within);
  const std::string key = ToString(incident.target);
  if (claims_ != nullptr && !claims_->Holds(key)) claims_->Nudge(key);
}

void FlowService::Enqueue(const Incident& incident, Duration within) {
  const std::string key = ToString(incident.target);
  roster_.Add(key, incident.id);
  queue_.AddAfter(key, within);
}

bool FlowService::IsOurs(const std::string& key) {
  if (claims_ == nullptr) return true;
  const Result<bool> claimed = claims_->Claim(key);
  return claimed.ok() && *claimed;
}

void FlowService::LookAgain() {
  for (const std::string& key : claims_->Nudged()) queue_.Add(key);
}

void FlowService::Work(const std::stop_token& stop) {
  while (const auto key = queue_.Take(stop)) {
    Pass(*key);
    queue_.Done(*key);
  }
}

void FlowService::Pass(const std::string& key) {
  if (!IsOurs(key)) return queue_.AddAfter(key, kClaimAgain);
  std::optional<Duration> again;
  for (const std::string& id : roster_.Of(key)) {
    Duration delay = kStorePause;
    const auto next = flow_.Advance(id);
    if (!next.ok()) {
      ports_.log.Error("pass not finished",
                       {{"incident", id}, {"error", next.error().message}});
    } else if (!next->has_value()) {
      roster_.Remove(key, id);
      continue;
    } else {
      delay = std::max(Duration::zero(), **next - ports_.clock.Now());
    }
    if (!again || delay < *again) again = delay;
  }
  if (again) {
    queue_.AddAfter(key, *again);
  } else if (claims_ != nullptr) {
    claims_->Release(key);
  }
}

void FlowService::Correlate(const std::stop_token& stop) {
  std::stop_callback wake(stop, [this] { alerts_stored_.notify_all(); });
  while (!stop.stop_requested()) {
    const auto start = std::chrono::steady_clock::now();
    const auto left =
        IsOurs(kLead) ? correlator_.Drain()
                      : Result<Correlator::Left>(Correlator::Left::kNothing);
    if (!left.ok()) {
      ports_.log.Error("alerts not correlated",
                       {{"error", left.error().message}});
    }
    const bool again = !left.ok() || *left == Correlator::Left::kWaiting;
    const bool more = left.ok() && *left == Correlator::Left::kPerhaps;
    MutexLock lock(mutex_);
    const auto until = std::chrono::steady_clock::now() +
                       (again                ? kStorePause
                        : claims_ == nullptr ? kCorrelateInterval
                                             : kSharedCorrelateInterval);
    while (!more && !poked_ && !stop.stop_requested() &&
           alerts_stored_.wait_until(mutex_, until) !=
               std::cv_status::timeout) {
    }
    while (!stop.stop_requested() &&
           alerts_stored_.wait_until(mutex_, start + kCorrelatePace) !=
               std::cv_status::timeout) {
    }
    poked_ = false;
  }
}

void FlowService::Every(const std::stop_token& stop, seconds interval,
                        const std::function<void()>& run) {
  std::stop_callback wake(stop, [this] { changed_.notify_all(); });
  while (!stop.stop_requested()) {
    run();
    const auto until = std::chrono::steady_clock::now() + interval;
    MutexLock lock(mutex_);
    while (!stop.stop_requested() &&
           changed_.wait_until(mutex_, until) != std::cv_status::timeout) {
    }
  }
}

}  // namespace selfheal
