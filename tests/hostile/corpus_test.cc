#include "tests/hostile/corpus.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <set>

namespace selfheal::testing {
namespace {

/// What is no UTF-8 is replaced, as in every answer of the API.
TEST(Corpus, IsWrittenForThePagesTest) {
  const auto& texts = HostileTexts();
  EXPECT_EQ(std::set(texts.begin(), texts.end()).size(), 2000u);
  const char* path = std::getenv("SELFHEAL_HOSTILE_FILE");
  if (path == nullptr) return;
  std::ofstream(path) << nlohmann::json(texts).dump(
      -1, ' ', true, nlohmann::json::error_handler_t::replace);
}

}  // namespace
}  // namespace selfheal::testing
