#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "support/paths.h"
#include "tests/fuzz/fuzz_targets.h"

namespace selfheal::testing {
namespace {

using Target = void (*)(std::string_view);

std::vector<std::string> Corpus(const std::string& name) {
  std::vector<std::string> inputs;
  const std::filesystem::path folder(SourceDir() + "/tests/fuzz/corpus/" +
                                     name);
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  for (const auto& path : files) {
    std::ifstream file(path, std::ios::binary);
    inputs.emplace_back(std::istreambuf_iterator<char>(file),
                        std::istreambuf_iterator<char>());
  }
  return inputs;
}

/// The corpus, and a fixed number of random changes of each of its members.
void Replay(const std::string& name, Target target) {
  const std::vector<std::string> inputs = Corpus(name);
  ASSERT_GE(inputs.size(), 8u);
  std::mt19937 random(20261125);
  for (const std::string& input : inputs) {
    target(input);
    for (int round = 0; round < 200; ++round) {
      std::string changed = input;
      const int edits = 1 + static_cast<int>(random() % 4);
      for (int i = 0; i < edits && !changed.empty(); ++i) {
        const std::size_t at = random() % changed.size();
        switch (random() % 4) {
          case 0:
            changed[at] = static_cast<char>(random() % 256);
            break;
          case 1:
            changed.erase(at, 1 + random() % 5);
            break;
          case 2:
            changed.insert(at, changed.substr(at, random() % 30));
            break;
          default:
            changed.resize(at);
        }
      }
      target(changed);
    }
  }
}

TEST(Corpus, HttpGate) { Replay("gate", FuzzHttpGate); }
TEST(Corpus, Payload) { Replay("payload", FuzzPayload); }
TEST(Corpus, SmallInputs) { Replay("small", FuzzSmallInputs); }
TEST(Corpus, MetricAnswer) { Replay("metrics", FuzzMetricAnswer); }
TEST(Corpus, ClusterAnswer) { Replay("cluster", FuzzClusterAnswer); }
TEST(Corpus, AlertList) { Replay("alerts", FuzzAlertList); }
TEST(Corpus, ChatText) { Replay("chat", FuzzChatText); }
TEST(Corpus, ChatAnswer) { Replay("answers", FuzzChatAnswer); }

}  // namespace
}  // namespace selfheal::testing
