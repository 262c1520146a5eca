#pragma once

// Every text of the corpus through every sink: what a sink writes is well
// formed, holds nothing that its reader would obey, and is read back as what
// was put in, where that is text at all.

#include <gtest/gtest.h>
#include <stdlib.h>

#include <cstdio>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "tests/hostile/corpus.h"

namespace selfheal::testing {

/// Calls `why` with each text; it says what is wrong, or "".
template <typename Why>
void ForEach(const char* sink, Why why) {
  int failures = 0;
  for (const std::string& text : HostileTexts()) {
    const std::string problem = why(text);
    if (problem.empty()) continue;
    ++failures;
    EXPECT_GT(failures, 5) << sink << ": "
                           << nlohmann::json(text).dump(
                                  -1, ' ', true,
                                  nlohmann::json::error_handler_t::replace)
                           << ": " << problem;
  }
  EXPECT_EQ(failures, 0);
  std::printf("hostile text: %zu through %s, %d failures\n",
              HostileTexts().size(), sink, failures);
}

/// A folder of this test's own, below that for temporary files.
inline std::string NewFolder() {
  std::string path = ::testing::TempDir() + "/selfheal-hostile-XXXXXX";
  EXPECT_NE(mkdtemp(path.data()), nullptr);
  return path;
}

inline bool HasControl(std::string_view text) {
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7f) return true;
  }
  return false;
}

/// True where a terminal would do something else than to show `text`, or show
/// it in another order: told by bytes, not by the product's own table.
inline bool MovesATerminal(const std::string& text) {
  if (HasControl(text) || !IsUtf8(text)) return true;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const std::string two = text.substr(i, 2);
    const std::string three = text.substr(i, 3);
    if ((two >= "\xc2\x80" && two <= "\xc2\x9f") ||
        (three >= "\xe2\x80\x8b" && three <= "\xe2\x80\x8f") ||
        (three >= "\xe2\x80\xa8" && three <= "\xe2\x80\xae") ||
        (three >= "\xe2\x81\xa6" && three <= "\xe2\x81\xa9") ||
        three == "\xef\xbb\xbf" || text.substr(i, 4) == "\U000e0041") {
      return true;
    }
  }
  return false;
}

inline nlohmann::json Parsed(const std::string& text) {
  return nlohmann::json::parse(text, nullptr, false);
}

/// What is wrong where `document` should hold `text` at `at`, or "".
inline std::string HeldAt(const nlohmann::json& document, const char* at,
                          const std::string& text) {
  if (document.is_discarded()) return "no JSON";
  const nlohmann::json& held = document[nlohmann::json::json_pointer(at)];
  if (!held.is_string()) return "no text there";
  if (IsUtf8(text) && held != text) return "another text: " + held.dump();
  return "";
}

}  // namespace selfheal::testing
