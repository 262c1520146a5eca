#include "guard/guards.h"

namespace selfheal::guard {

Finding GuardKillSwitch(const GuardInput& input) {
  if (!input.facts.switches.ok()) {
    return Unread(input.facts.switches.error());
  }
  const SwitchReading& switches = *input.facts.switches;
  if (switches.on()) return Deny("the kill switch is on: " + switches.reason);
  if (!input.facts.history.ok()) return Unread(input.facts.history.error());
  const KillSwitchRow& row = input.facts.history->kill_switch;
  if (row.on) {
    return Deny("the kill switch is on: " + row.reason + " (set by " + row.by +
                ")");
  }
  return Allow("no kill switch is on");
}

}  // namespace selfheal::guard
