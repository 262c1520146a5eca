#pragma once

#include <string>
#include <utility>

#include "core/switch.h"

namespace selfheal::testing {

/// Switches that a test sets; off at first.
class FakeSwitches final : public SwitchReader {
 public:
  SwitchReading Read() override { return reading; }

  void TurnOn(std::string source) {
    reading.reason = "set by the test";
    reading.sources.push_back(std::move(source));
  }

  SwitchReading reading;
};

}  // namespace selfheal::testing
