#pragma once

#include <iosfwd>
#include <string>

#include "core/clock.h"

namespace selfheal {

/// What `selfheal score` was asked for: either train and test, or series, rows,
/// baseline and gap.
struct ScoreRequest {
  std::string train, test;
  std::string series, rows;
  int baseline = 0;  ///< Rows.
  int gap = 0;       ///< Rows.
  seconds step{300};
  bool timing = false;
};

/// Writes one CSV row a scored row to `out`, reasons and errors to `err`.
/// @return The exit code; on 1 nothing was written to `out`.
int RunScore(const ScoreRequest& request, std::ostream& out, std::ostream& err);

/// What `selfheal forecast` was asked for.
struct ForecastRequest {
  seconds horizon{900};
  seconds step{60};
  bool timing = false;
};

/// Reads one JSON object a line from `in`, writes one a line to `out`.
/// @return The exit code; on 1 nothing was written to `out`.
int RunForecast(const ForecastRequest& request, std::istream& in,
                std::ostream& out, std::ostream& err);

}  // namespace selfheal
