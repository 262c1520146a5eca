#include "guard/guards.h"

namespace selfheal::guard {
namespace {

constexpr seconds kBlindAfter{5 * 60};

}  // namespace

Finding GuardBlind(const GuardInput& input) {
  if (input.undo()) return Allow("an undo takes back our own action");
  const std::optional<Time>& seen = input.request.watchdog_seen;
  if (!seen) {
    return input.policy.guards.require_watchdog
               ? Deny("blind: the Watchdog alert was never seen")
               : Allow("no Watchdog alert is known here");
  }
  if (input.now - *seen >= kBlindAfter) {
    return Deny("blind: the Watchdog alert was seen last at " +
                FormatTime(*seen));
  }
  return Allow("the Watchdog alert comes");
}

}  // namespace selfheal::guard
