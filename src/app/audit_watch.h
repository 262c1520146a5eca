#pragma once

#include <condition_variable>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "adapters/sql/sql_store.h"
#include "adapters/telemetry/metrics.h"
#include "config/config.h"
#include "core/clock.h"
#include "core/log.h"

namespace selfheal {

/// Keeps an eye on the audit and its file: its head goes to the log, outside of
/// the reach of whoever rewrites the file, every 5 minutes and at the stop; the
/// whole chain is recomputed at the start and every hour, into a metric; once a
/// day every page of the file is checked (the start did it too).
class AuditWatch {
 public:
  /// Each argument outlives the watch.
  AuditWatch(const Config& config, const Clock& clock, SqlStore& store,
             telemetry::Metrics& metrics, Logger& log)
      : config_(config),
        clock_(clock),
        store_(store),
        metrics_(metrics),
        log_(log),
        check_at_(clock.SteadyNow() + kCheckInterval) {}
  ~AuditWatch() { Stop(); }

  void Start();
  void Stop();

  /// Does what is due by the clock; the thread calls it every 5 minutes.
  void Look();

 private:
  /// The file was checked when it was opened.
  static constexpr std::chrono::hours kCheckInterval{24};

  void Run(const std::stop_token& stop);
  void LogHead();
  void Verify();
  void CheckDatabase();

  const Config& config_;
  const Clock& clock_;
  SqlStore& store_;
  telemetry::Metrics& metrics_;
  Logger& log_;
  std::mutex mutex_;
  std::condition_variable_any wake_;
  // Of whoever calls Look.
  std::string told_;                     ///< The last head in the log.
  std::optional<SteadyTime> verify_at_;  ///< Empty: at once.
  SteadyTime check_at_;
  std::jthread thread_;
};

}  // namespace selfheal
