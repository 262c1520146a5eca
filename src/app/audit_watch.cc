#include "app/audit_watch.h"

#include "app/audit_file.h"

namespace selfheal {
namespace {

constexpr std::chrono::minutes kHeadInterval{5};
constexpr std::chrono::hours kVerifyInterval{1};

}  // namespace

void AuditWatch::Start() {
  thread_ = std::jthread([this](const std::stop_token& stop) { Run(stop); });
}

void AuditWatch::Stop() {
  if (!thread_.joinable()) return;
  thread_.request_stop();
  thread_.join();
  LogHead();
}

void AuditWatch::Run(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  while (!stop.stop_requested()) {
    Look();
    wake_.wait_for(lock, stop, kHeadInterval, [] { return false; });
  }
}

void AuditWatch::Look() {
  const SteadyTime now = clock_.SteadyNow();
  if (!verify_at_ || now >= *verify_at_) {
    Verify();
    verify_at_ = now + kVerifyInterval;
  }
  if (now >= check_at_) {
    CheckDatabase();
    check_at_ = now + kCheckInterval;
  }
  LogHead();
}

void AuditWatch::LogHead() {
  const sql::ChainHead head = store_.AuditHead();
  log_.Info("audit head", {{"seq", static_cast<std::int64_t>(head.seq)},
                           {"hash", head.hash}});
  told_ = head.hash;
}

void AuditWatch::CheckDatabase() {
  const auto checked = store_.CheckDatabase();
  metrics_.OnDependency("store", checked.ok());
  if (!checked.ok()) {
    log_.Error("the database does not pass its check",
               {{"error", checked.error().message}});
    return;
  }
  const AuditRecord record{.seq = 0,
                           .at = clock_.Now(),
                           .incident_id = "",
                           .stage = Stage::kRecord,
                           .outcome = "checked",
                           .reason = "The database passed its check.",
                           .data = {}};
  if (auto noted = store_.Append({&record, 1}); !noted.ok()) {
    log_.Error("audit record not written", {{"error", noted.error().message}});
  }
}

void AuditWatch::Verify() {
  const auto report = VerifyAuditOf(config_, told_);
  if (!report.ok()) {
    log_.Error("audit not verified", {{"error", report.error().message}});
    return;
  }
  metrics_.SetAuditIntact(report->first_bad == 0);
  if (report->first_bad == 0) return;
  log_.Error("the audit was tampered with",
             {{"seq", static_cast<std::int64_t>(report->first_bad)},
              {"problem", report->problem}});
}

}  // namespace selfheal
