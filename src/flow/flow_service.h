#pragma once

#include <functional>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "core/mutex.h"
#include "flow/correlator.h"
#include "flow/incident_flow.h"
#include "flow/keyed_queue.h"
#include "flow/roster.h"
#include "flow/watch_loop.h"
#include "flow/work_claims.h"

namespace selfheal {

/// Something that is done again and again by a thread of its own.
struct Periodic {
  seconds interval;
  std::function<void()> run;
  /// Done by one process at a time, where several share the store.
  enum class By { kEach, kOne } by = By::kEach;
};

/// The threads of the pipeline: one correlator, `flow.workers` workers on the
/// queue, one for the watch, one a periodic job. src/README.md lists them.
///
/// Where several processes share the store each works on the targets that it
/// claims, and one of them correlates and watches for all.
class FlowService {
 public:
  FlowService(const FlowPorts& ports, Correlator::Ports correlator,
              WatchLoop::Ports watch, std::vector<Periodic> jobs,
              WorkClaims* claims = nullptr);
  ~FlowService() { Stop(); }
  FlowService(const FlowService&) = delete;
  FlowService& operator=(const FlowService&) = delete;

  /// Queues every unfinished incident and starts the threads.
  /// @error kUnavailable  the store can't be read.
  Result<void> Start();
  /// Finishes or parks the running passes; idempotent.
  void Stop();

  /// Alerts were stored: correlate them now.
  void Poke();
  /// A person decided about an incident, or it changed otherwise.
  void Wake(const Incident& incident);
  /// Wakes the unfinished incidents that nobody has in hand, those of the last
  /// moments excepted: a write that succeeded, but said so too late, told
  /// nobody of them. Done every minute.
  void TakeUpForgotten();

  std::size_t QueueDepth() const { return queue_.Depth(); }

 private:
  /// Takes up what was opened before `until` and is none of `in_hand`.
  Result<void> TakeUp(Time until, const std::set<std::string>& in_hand);
  void WakeWithin(const Incident& incident, Duration within);
  void Enqueue(const Incident& incident, Duration within);
  /// False where another process has `key`, or that is not known.
  bool IsOurs(const std::string& key);
  /// Looks again at what others nudged us about.
  void LookAgain();
  void Work(const std::stop_token& stop);
  void Pass(const std::string& key);
  void Correlate(const std::stop_token& stop);
  void Every(const std::stop_token& stop, seconds interval,
             const std::function<void()>& run);

  const FlowPorts& ports_;
  IncidentFlow flow_;
  Correlator correlator_;
  WatchLoop watch_;
  const std::vector<Periodic> jobs_;
  /// Null where no other process shares the store; outlives this.
  WorkClaims* const claims_;
  KeyedQueue queue_;
  Roster roster_;

  Mutex mutex_;
  CondVar changed_;
  CondVar alerts_stored_;
  bool poked_ GUARDED_BY(mutex_) = false;

  std::vector<std::jthread> threads_;
};

}  // namespace selfheal
