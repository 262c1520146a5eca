#pragma once

#include <string>

#include "app/past_episode.h"
#include "receiver/commands/ink.h"

namespace selfheal {

/// The report for people: counts a rule, what would have been done, and an
/// example of each end.
std::string BacktestText(const BacktestReport& report, const Ink& ink);

/// The same for programs, with every episode.
std::string BacktestJson(const BacktestReport& report);

}  // namespace selfheal
