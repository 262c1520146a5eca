#pragma once

#include <memory>
#include <vector>

#include "adapters/yaml/rule_json.h"
#include "config/config.h"
#include "core/mutex.h"
#include "core/result.h"
#include "core/source_finding.h"
#include "plan/runbook_source.h"

namespace selfheal::yaml {

/// The rules and runbooks of two folders, exchanged as a whole. Thread-safe.
class ReloadableRunbooks : public RunbookSource {
 public:
  /// Loads the first set.
  /// @error as LoadRuleSet; `findings` says what is wrong where.
  static Result<std::unique_ptr<ReloadableRunbooks>> Create(
      const Config& config, DigestFunction digest,
      std::vector<SourceFinding>* findings);

  std::shared_ptr<const RuleSet> Current() const override;

  /// Reads the folders again. On any finding the last good set stays; that no
  /// rule is left is one.
  Result<void> Reload(std::vector<SourceFinding>* findings);

 private:
  ReloadableRunbooks(const Config& config, DigestFunction digest,
                     std::shared_ptr<const RuleSet> first);

  const Config config_;
  const DigestFunction digest_;
  /// Held for a whole reload, so that an older read never wins over a newer.
  Mutex reload_mutex_;
  mutable Mutex mutex_;
  std::shared_ptr<const RuleSet> current_ GUARDED_BY(mutex_);
};

}  // namespace selfheal::yaml
