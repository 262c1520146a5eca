#include "receiver/commands/diff.h"

#include <algorithm>

namespace selfheal {

std::vector<DiffLine> Diff(const std::vector<std::string>& expected,
                           const std::vector<std::string>& found) {
  // common[i][j]: how many lines the rests from i and j have in common.
  std::vector<std::vector<int>> common(expected.size() + 1,
                                       std::vector<int>(found.size() + 1, 0));
  for (std::size_t i = expected.size(); i-- > 0;) {
    for (std::size_t j = found.size(); j-- > 0;) {
      common[i][j] = expected[i] == found[j]
                         ? common[i + 1][j + 1] + 1
                         : std::max(common[i + 1][j], common[i][j + 1]);
    }
  }
  std::vector<DiffLine> lines;
  std::size_t i = 0;
  std::size_t j = 0;
  while (i < expected.size() || j < found.size()) {
    if (i < expected.size() && j < found.size() && expected[i] == found[j]) {
      lines.push_back({' ', expected[i++]});
      ++j;
    } else if (j == found.size() ||
               (i < expected.size() && common[i + 1][j] >= common[i][j + 1])) {
      lines.push_back({'-', expected[i++]});
    } else {
      lines.push_back({'+', found[j++]});
    }
  }
  return lines;
}

}  // namespace selfheal
