#include "receiver/commands/ink.h"

#include <unistd.h>

#include <cstdlib>
#include <cstring>

namespace selfheal {

Ink::Ink() {
  // Nothing here ever sets one. NOLINTBEGIN(concurrency-mt-unsafe)
  const char* no = std::getenv("NO_COLOR");
  const char* term = std::getenv("TERM");
  // NOLINTEND(concurrency-mt-unsafe)
  on_ = isatty(STDOUT_FILENO) == 1 && (no == nullptr || *no == '\0') &&
        (term == nullptr || std::strcmp(term, "dumb") != 0);
}

std::string Ink::In(std::string_view code, std::string_view text) const {
  if (!on_) return std::string(text);
  return "\x1b[" + std::string(code) + "m" + std::string(text) + "\x1b[0m";
}

}  // namespace selfheal
