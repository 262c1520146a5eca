#pragma once

#include <map>
#include <string>
#include <vector>

#include "adapters/yaml/tree.h"
#include "config/knobs.h"

namespace selfheal::yaml {

/// Where in the file each knob that it sets stands.
using KnobPositions = std::map<std::string, Position, std::less<>>;

/// Sets every knob that the document `root` holds; what is wrong goes to
/// `sink`. An empty section (all of it commented out) sets nothing.
KnobPositions ReadKnobs(const Node& root, const std::vector<Knob>& knobs,
                        FindingSink& sink);

}  // namespace selfheal::yaml
