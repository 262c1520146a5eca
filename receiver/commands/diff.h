#pragma once

#include <string>
#include <vector>

namespace selfheal {

/// One line of a diff: '-' only expected, '+' only found, ' ' in both.
struct DiffLine {
  char mark = ' ';
  std::string text;
};

/// The shortest way from one list to the other, line by line. Pure.
std::vector<DiffLine> Diff(const std::vector<std::string>& expected,
                           const std::vector<std::string>& found);

}  // namespace selfheal
