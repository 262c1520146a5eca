#include "receiver/commands/printable.h"

#include <algorithm>

#include "core/text.h"

namespace selfheal {

std::string Printable(std::string_view text) {
  std::string printable;
  while (!text.empty()) {
    const Utf8Char one = FirstChar(text);
    if (one.bytes > 0 && IsSeen(one.code)) {
      printable += text.substr(0, one.bytes);
    } else {
      printable += '?';
    }
    text.remove_prefix(std::max<std::size_t>(1, one.bytes));
  }
  return printable;
}

}  // namespace selfheal
