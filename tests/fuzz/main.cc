// The entry point for libFuzzer; SELFHEAL_FUZZ names the target (run).
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "tests/fuzz/fuzz_targets.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  static const std::string_view target = [] {
    const char* const name = std::getenv("SELFHEAL_FUZZ");
    return std::string_view(name == nullptr ? "" : name);
  }();
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  if (target == "gate") {
    selfheal::testing::FuzzHttpGate(bytes);
  } else if (target == "payload") {
    selfheal::testing::FuzzPayload(bytes);
  } else if (target == "small") {
    selfheal::testing::FuzzSmallInputs(bytes);
  } else if (target == "metrics") {
    selfheal::testing::FuzzMetricAnswer(bytes);
  } else if (target == "cluster") {
    selfheal::testing::FuzzClusterAnswer(bytes);
  } else if (target == "alerts") {
    selfheal::testing::FuzzAlertList(bytes);
  } else if (target == "chat") {
    selfheal::testing::FuzzChatText(bytes);
  } else if (target == "answers") {
    selfheal::testing::FuzzChatAnswer(bytes);
  } else {
    std::abort();
  }
  return 0;
}
