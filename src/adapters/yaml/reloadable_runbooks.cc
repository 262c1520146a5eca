#include "adapters/yaml/reloadable_runbooks.h"

#include <utility>

#include "adapters/yaml/rule_set_loader.h"

namespace selfheal::yaml {

ReloadableRunbooks::ReloadableRunbooks(const Config& config,
                                       DigestFunction digest,
                                       std::shared_ptr<const RuleSet> first)
    : config_(config), digest_(std::move(digest)), current_(std::move(first)) {}

Result<std::unique_ptr<ReloadableRunbooks>> ReloadableRunbooks::Create(
    const Config& config, DigestFunction digest,
    std::vector<SourceFinding>* findings) {
  auto first = LoadRuleSet(config, digest, findings);
  if (!first) return first.error();
  return std::unique_ptr<ReloadableRunbooks>(
      new ReloadableRunbooks(config, std::move(digest), std::move(*first)));
}

std::shared_ptr<const RuleSet> ReloadableRunbooks::Current() const {
  MutexLock lock(mutex_);
  return current_;
}

Result<void> ReloadableRunbooks::Reload(std::vector<SourceFinding>* findings) {
  MutexLock reload_lock(reload_mutex_);
  auto next = LoadRuleSet(config_, digest_, findings);
  if (!next) return next.error();
  MutexLock lock(mutex_);
  if ((*next)->rules.empty() && !current_->rules.empty()) {
    findings->push_back({{config_.rules_dir, 1, 1},
                         "no rule is left: expected at least one, or every "
                         "alert would go unheard"});
    return Error{Code::kInvalidArgument, ToString(findings->back())};
  }
  current_ = std::move(*next);
  return {};
}

}  // namespace selfheal::yaml
