#pragma once

#include <algorithm>
#include <optional>
#include <string>

#include "guard/action_history.h"

namespace selfheal::testing {

/// The guards' memory as a plain value; not thread-safe.
class FakeActionHistory final : public ActionHistory {
 public:
  Result<SafetyState> Recent(Time) override {
    if (fault) return *fault;
    return state;
  }
  Result<void> SetBreaker(const BreakerChange& change) override {
    if (write_fault) return *write_fault;
    const auto& [scope, row, by, reason] = change;
    const auto same = [&scope = change.scope](const BreakerRow& b) {
      return b.scope == scope;
    };
    if (!row) {
      std::erase_if(state.breakers, same);
    } else if (std::none_of(state.breakers.begin(), state.breakers.end(),
                            same)) {
      state.breakers.push_back(*row);
    }
    return {};
  }
  Result<void> SetKillSwitch(const KillSwitchRow& row) override {
    if (write_fault) return *write_fault;
    state.kill_switch = row;
    return {};
  }

  SafetyState state;
  std::optional<Error> fault;
  std::optional<Error> write_fault;
};

}  // namespace selfheal::testing
