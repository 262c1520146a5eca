#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "config/knobs.h"

namespace selfheal {

/// Whether secrets are shown or masked.
enum class Secrets { kShown, kMasked };

/// The value of `knob` as JSON, which YAML reads alike.
std::string KnobValueJson(const Knob& knob, Secrets secrets);

/// The value as a person writes it in YAML: quotes only where they are needed.
std::string KnobValueYaml(const Knob& knob, Secrets secrets);

/// The value as an environment variable says it.
std::string KnobValueEnvironment(const Knob& knob);

/// What the knob is for, and that it has no effect yet where that is so.
std::string KnobDoc(const Knob& knob);

/// "1s to 2m"; empty where there is no range.
std::string KnobRange(const Knob& knob);

/// A database URL with the password replaced.
std::string MaskUrlPassword(std::string_view url);

/// "guards.scale.percent" -> {"guards", "scale", "percent"}.
std::vector<std::string_view> SplitPath(std::string_view path);

/// Walks the table as a tree: `open(name, depth)` before the first knob of a
/// section, `close(depth)` after its last, `leaf(knob, name, depth)` between.
template <typename Open, typename Leaf, typename Close>
void WalkKnobs(const std::vector<Knob>& knobs, Open open, Leaf leaf,
               Close close) {
  std::vector<std::string_view> sections;
  const auto close_to = [&](std::size_t depth) {
    while (sections.size() > depth) {
      sections.pop_back();
      close(sections.size());
    }
  };
  for (const Knob& knob : knobs) {
    const std::vector<std::string_view> path = SplitPath(knob.path);
    std::size_t shared = 0;
    while (shared + 1 < path.size() && shared < sections.size() &&
           sections[shared] == path[shared]) {
      ++shared;
    }
    close_to(shared);
    while (sections.size() + 1 < path.size()) {
      open(path[sections.size()], sections.size());
      sections.push_back(path[sections.size()]);
    }
    leaf(knob, path.back(), sections.size());
  }
  close_to(0);
}

}  // namespace selfheal
