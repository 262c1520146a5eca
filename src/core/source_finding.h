#pragma once

#include <string>

namespace selfheal {

/// Where in which file something was written, for messages to its author.
struct SourcePosition {
  std::string file;
  int line = 0;    ///< From 1.
  int column = 0;  ///< From 1, in characters.

  bool operator==(const SourcePosition&) const = default;
};

/// One thing that is wrong with what a person wrote.
struct SourceFinding {
  SourcePosition position;
  std::string message;

  bool operator==(const SourceFinding&) const = default;
};

/// "rules/a.yaml:3:7: unknown key \"alert\"".
std::string ToString(const SourcePosition& position);
std::string ToString(const SourceFinding& finding);

}  // namespace selfheal
