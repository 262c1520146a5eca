#pragma once

// The judge without a service around it, for the subcommands `score` and
// `forecast`: what a stage offers reaches receiver/ through here alone.

#include "assess/filter.h"    // IWYU pragma: export
#include "assess/forecast.h"  // IWYU pragma: export
