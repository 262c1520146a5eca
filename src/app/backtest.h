#pragma once

#include <string_view>
#include <vector>

#include "app/past_alerts.h"
#include "app/past_episode.h"
#include "config/config.h"
#include "core/result.h"
#include "core/source_finding.h"

namespace selfheal {

/// Which part of the past to look at, and whom to tell how far it has come.
struct BacktestRequest {
  Time from;
  Time to;
  /// `what` is "alerts read" or "alerts judged". Called by one thread at a
  /// time.
  std::function<void(std::string_view what, std::size_t done, std::size_t all)>
      progress;
};

/// The rules that a backtest tries: those of `config`.
///
/// @error as yaml::LoadRuleSet, which fills `findings`.
Result<std::shared_ptr<const RuleSet>> RulesToTry(
    const Config& config, std::vector<SourceFinding>* findings);

/// What `rules` would have made of the alerts between `from` and `to`: each is
/// judged by the evidence of its own moment, then the guards that need no live
/// cluster are asked in the order of time. Nothing is written, and the cluster
/// is not spoken to.
///
/// At most 16 queries are under way at a time.
/// @error kInvalidArgument  the configuration of Prometheus.
///        others            Prometheus can't be read.
Result<BacktestReport> Backtest(const Config& config,
                                std::shared_ptr<const RuleSet> rules,
                                const BacktestRequest& request);

/// The same over a source that is there already.
Result<BacktestReport> Backtest(const Config& config,
                                std::shared_ptr<const RuleSet> rules,
                                MetricSource& source,
                                const BacktestRequest& request);

}  // namespace selfheal
