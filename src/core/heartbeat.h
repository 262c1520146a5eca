#pragma once

#include <optional>
#include <string>

#include "core/clock.h"

namespace selfheal {

/// A sign of life as it is stored: when, by both clocks, and of which boot of
/// the machine the second one counts.
struct Heartbeat {
  Time at;
  SteadyTime steady;
  std::string boot_id;
};

/// The boot that this machine runs since; "" where it does not say.
std::string BootId();

/// What the time is, where `last` was the sign of life of the process before:
/// the wall clock's, unless that was set by more than kMostClockSkew meanwhile
/// (same boot), or back behind the sign of life (another boot).
///
/// Pure. Which clock is right a second one must tell; until then the two
/// disagree, and nothing is done.
Time ResumeTime(const std::optional<Heartbeat>& last, const Heartbeat& now);

}  // namespace selfheal
