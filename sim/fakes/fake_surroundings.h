#pragma once

#include "core/clock.h"
#include "guard/surroundings.h"

namespace selfheal::testing {

/// Quiet surroundings that were looked at this moment, until they are changed.
/// Not thread-safe.
class FakeSurroundings final : public guard::SurroundingsReader {
 public:
  /// `clock` outlives this.
  explicit FakeSurroundings(const Clock& clock) : clock_(clock) {
    state.clock.server = Duration::zero();
  }

  guard::Surroundings Read() override {
    guard::Surroundings now = state;
    if (!now.looked_at && looked) now.looked_at = clock_.Now();
    return now;
  }

  guard::Surroundings state;
  bool looked = true;

 private:
  const Clock& clock_;
};

}  // namespace selfheal::testing
