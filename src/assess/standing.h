#pragma once

#include "core/evidence.h"

namespace selfheal::assess {

/// True where one of the newest values of the window lies outside of what the
/// baseline knows, on the side that is bad. A metric that came back, however
/// far it was out, does not stand out.
bool StandsOut(const MetricWindow& metric);

}  // namespace selfheal::assess
