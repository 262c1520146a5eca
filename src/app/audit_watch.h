#pragma once

#include <condition_variable>
#include <mutex>
#include <thread>

#include "adapters/sqlite/sqlite_store.h"
#include "adapters/telemetry/metrics.h"
#include "config/config.h"
#include "core/log.h"

namespace selfheal {

/// Keeps an eye on the audit: its head goes to the log, outside of the reach
/// of whoever rewrites the file, every 5 minutes and at the stop; the whole
/// chain is recomputed at the start and every hour, into a metric.
class AuditWatch {
 public:
  /// Each argument outlives the watch.
  AuditWatch(const Config& config, SqliteStore& store,
             telemetry::Metrics& metrics, Logger& log)
      : config_(config), store_(store), metrics_(metrics), log_(log) {}
  ~AuditWatch() { Stop(); }

  void Start();
  void Stop();

 private:
  void Run(const std::stop_token& stop);
  void LogHead();
  void Verify();

  const Config& config_;
  SqliteStore& store_;
  telemetry::Metrics& metrics_;
  Logger& log_;
  std::mutex mutex_;
  std::condition_variable_any wake_;
  std::jthread thread_;
};

}  // namespace selfheal
