#include "guard/guards.h"

namespace selfheal::guard {

Finding GuardBreaker(const GuardInput& input) {
  if (input.undo()) return Allow("an undo takes back our own action");
  if (!input.facts.history.ok()) return Unread(input.facts.history.error());
  for (const BreakerRow& row : input.facts.history->breakers) {
    if (row.scope != "global" && row.scope != input.purpose().runbook) continue;
    if (row.closes_at && *row.closes_at <= input.now) continue;
    return Deny("the breaker " + row.scope + " is open since " +
                FormatTime(row.opened_at) + ": " + row.reason);
  }
  return Allow("no breaker is open");
}

}  // namespace selfheal::guard
