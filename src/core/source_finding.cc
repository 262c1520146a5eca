#include "core/source_finding.h"

namespace selfheal {

std::string ToString(const SourcePosition& position) {
  return position.file + ":" + std::to_string(position.line) + ":" +
         std::to_string(position.column);
}

std::string ToString(const SourceFinding& finding) {
  return ToString(finding.position) + ": " + finding.message;
}

}  // namespace selfheal
