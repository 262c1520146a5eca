#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "assess/table.h"
#include "core/assessment.h"
#include "core/evidence.h"

namespace selfheal::assess {

/// A table whose columns have names, unique; NaN = missing.
struct NamedTable {
  std::vector<std::string> names;
  Table table;
};

/// One scored row.
struct ScoredRow {
  Judgement outcome = Judgement::kInconclusive;
  double statistic = 0;  ///< Finite; 0 where inconclusive.
  double score = 0;      ///< In [0, 1].
  double confidence = 0;
  std::vector<Factor> factors;  ///< Every metric, largest first.
  std::string reason;           ///< Why inconclusive, else "".
};

struct FilterOptions {
  ConfirmSpec spec;
  seconds step{300};
  int window = 60;  ///< Points of the window of an alert.
  std::uint64_t seed = 1;
};

/// Where the time went.
struct FilterTiming {
  double fit = 0;    ///< Seconds; with ScoreAt those of the whole assessment.
  double score = 0;  ///< Seconds.
};

/// Fits the detector to `train` and scores each row of `test`, which has the
/// same names in the same order. Row i depends on rows 0..i alone. A missing
/// value is unremarkable and lowers the confidence; a row with more than half
/// of its values missing is inconclusive, and so is every row where the
/// baseline cannot be used.
std::vector<ScoredRow> ScoreTest(const NamedTable& train,
                                 const NamedTable& test,
                                 const FilterOptions& options,
                                 FilterTiming& timing);

/// The evidence of an alert that fires at `row`: the window ends there, the
/// baseline is rows row - gap - baseline + 1 .. row - gap, as far as they
/// exist. Nothing behind `row` is read.
EvidenceWindow EvidenceAt(const NamedTable& series, int row, int baseline,
                          int gap, const FilterOptions& options);

/// Judge's answer for EvidenceAt. Precondition: row is one of `series`.
ScoredRow ScoreAt(const NamedTable& series, int row, int baseline, int gap,
                  const FilterOptions& options);

}  // namespace selfheal::assess
