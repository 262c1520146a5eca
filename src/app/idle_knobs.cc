#include "app/idle_knobs.h"

#include "config/knob_render.h"

namespace selfheal {

std::vector<std::string> IdleKnobs(const Config& config) {
  Config copy = config;
  Config fresh;
  const std::vector<Knob> knobs = Knobs(copy);
  const std::vector<Knob> defaults = Knobs(fresh);
  std::vector<std::string> idle;
  for (std::size_t i = 0; i < knobs.size(); ++i) {
    if (knobs[i].later && KnobValueJson(knobs[i], Secrets::kShown) !=
                              KnobValueJson(defaults[i], Secrets::kShown)) {
      idle.emplace_back(knobs[i].path);
    }
  }
  return idle;
}

}  // namespace selfheal
