#include "core/duration.h"
#include "core/safe_clock.h"
#include "guard/guards.h"

namespace selfheal::guard {
namespace {

/// The clocks may agree again by then.
constexpr seconds kAskAgain{30};
constexpr seconds kFirstLook{2};

bool Off(Duration skew) {
  return skew > kMostClockSkew || skew < -kMostClockSkew;
}

std::string Words(Duration skew) {
  return FormatDuration(skew < Duration{} ? -skew : skew) +
         (skew < Duration{} ? " behind" : " ahead");
}

}  // namespace

Finding GuardClock(const GuardInput& input) {
  if (input.undo()) return Allow("an undo takes back our own action");
  const ClockReading& clock = input.facts.surroundings.clock;
  if (Off(clock.wall)) {
    return Wait("the wall clock was set: it is " + Words(clock.wall),
                input.now + kAskAgain);
  }
  if (!clock.server) {
    return Wait("the API server's clock was not read", input.now + kFirstLook);
  }
  if (Off(*clock.server)) {
    return Wait("the API server's clock is " + Words(*clock.server),
                input.now + kAskAgain);
  }
  return Allow("the clocks agree");
}

}  // namespace selfheal::guard
