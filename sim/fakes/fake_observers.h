#pragma once

#include <map>
#include <string>
#include <vector>

#include "core/log.h"
#include "core/notice.h"
#include "flow/flow_observer.h"
#include "plan/runbook_source.h"
#include "record/notifier.h"

namespace selfheal::testing {

/// Keeps what it is told of as far as a test asks for it. Not thread-safe.
class FakeObserver final : public FlowObserver {
 public:
  void OnStage(Stage, std::string_view, Duration) override {}
  void OnPhase(const Incident&, std::optional<Phase>) override {}
  void OnAssessment(const Assessment&) override {}
  void OnVerdict(const Verdict&) override {}
  void OnAction(ActionKind, ExecutionOutcome) override {}
  void OnVerification(VerificationOutcome) override {}
  void OnApproval(ApprovalState) override {}
  void OnMissed(std::size_t episodes) override { missed += episodes; }
  void OnDependency(std::string_view dependency, bool is_up) override {
    up[std::string(dependency)] = is_up;
  }

  std::size_t missed = 0;
  std::map<std::string, bool> up;
};

/// Drops every line.
class NoLog final : public Logger {
 public:
  void Log(LogLevel, std::string_view, const Fields&) override {}
};

/// Keeps notices. Not thread-safe.
class FakeNotifier final : public Notifier {
 public:
  void Notify(const Notice& notice) override { notices.push_back(notice); }

  std::vector<Notice> notices;
};

/// Always the same rules.
class FakeRunbooks final : public RunbookSource {
 public:
  std::shared_ptr<const RuleSet> Current() const override { return rules; }

  std::shared_ptr<RuleSet> rules = std::make_shared<RuleSet>();
};

}  // namespace selfheal::testing
