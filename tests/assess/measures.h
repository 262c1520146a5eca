#pragma once

#include <vector>

namespace selfheal::testing {

/// Area under precision over recall, ties taken together.
double AveragePrecision(const std::vector<double>& score,
                        const std::vector<int>& labels);

/// Volume under the precision-recall surface over the widths 0 to `widest` of
/// the buffer around an event (Paparrizos et al., VLDB 2022).
double VusPr(const std::vector<double>& score, const std::vector<int>& labels,
             int widest);

/// Share of events whose highest score is above all but `share` of the scores
/// of normal rows, of which the 30 after an event are none.
double EventRecall(const std::vector<double>& score,
                   const std::vector<int>& labels, double share);

}  // namespace selfheal::testing
