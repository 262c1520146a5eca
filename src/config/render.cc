#include "config/render.h"

#include <cstdio>

#include "config/knob_render.h"

namespace selfheal {
namespace {

std::string Indent(std::size_t depth) { return std::string(2 * depth, ' '); }

/// One knob or section a line; what `leaf` returns is put behind "name: ".
template <typename Leaf>
std::string RenderYaml(const std::vector<Knob>& knobs, Leaf leaf) {
  std::string text;
  WalkKnobs(
      knobs,
      [&](std::string_view name, std::size_t depth) {
        if (depth == 0 && !text.empty()) text += "\n";
        text += Indent(depth) + std::string(name) + ":\n";
      },
      [&](const Knob& knob, std::string_view name, std::size_t depth) {
        text += leaf(knob, Indent(depth)) + Indent(depth) + std::string(name) +
                ": " + KnobValueYaml(knob, Secrets::kMasked) + "\n";
      },
      [](std::size_t) {});
  return text;
}

/// `doc` as comment lines of at most 80 columns.
std::string Comment(const std::string& indent, std::string_view doc) {
  std::string text;
  std::string line = indent + "#";
  while (!doc.empty()) {
    const auto end = std::min(doc.find(' '), doc.size());
    const std::string word(doc.substr(0, end));
    doc.remove_prefix(std::min(end + 1, doc.size()));
    if (line.size() + 1 + word.size() > 80) {
      text += line + "\n";
      line = indent + "#";
    }
    line += " " + word;
  }
  return text + line + "\n";
}

/// "0 to 100, COOLDOWN_SECONDS", or what of it there is.
std::string Hints(const Knob& knob) {
  std::string hints = KnobRange(knob);
  for (const std::string_view choice : knob.choices) {
    hints += (hints.empty() ? "" : ", ") + std::string(choice);
  }
  if (!knob.env.empty()) {
    hints += (hints.empty() ? "" : "; ") + std::string(knob.env);
  }
  return hints.empty() ? "" : " (" + hints + ")";
}

}  // namespace

std::string QuoteJson(std::string_view text) {
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      quoted += '\\';
      quoted += c;
    } else if (static_cast<unsigned char>(c) < 0x20) {
      char escape[8];
      std::snprintf(escape, sizeof escape, "\\u%04x",
                    static_cast<unsigned>(static_cast<unsigned char>(c)));
      quoted += escape;
    } else {
      quoted += c;
    }
  }
  return quoted + "\"";
}

std::string EffectiveConfigJson(const Config& config) {
  Config copy = config;
  std::string text = "{";
  const auto comma = [&] {
    if (text.back() != '{') text += ",";
  };
  WalkKnobs(
      Knobs(copy),
      [&](std::string_view name, std::size_t) {
        comma();
        text += QuoteJson(name) + ":{";
      },
      [&](const Knob& knob, std::string_view name, std::size_t) {
        comma();
        text += QuoteJson(name) + ":" + KnobValueJson(knob, Secrets::kMasked);
      },
      [&](std::size_t) { text += "}"; });
  return text + "}";
}

std::string EffectiveConfigYaml(const Config& config) {
  Config copy = config;
  return RenderYaml(Knobs(copy), [](const Knob&, const std::string&) {
    return std::string();
  });
}

std::string ConfigYamlTemplate() {
  Config defaults;
  return "# yaml-language-server: $schema=./config.schema.json\n"
         "# Every knob with its default. An environment variable, named in\n"
         "# brackets, wins over this file. Durations and sizes carry their "
         "unit.\n" +
         RenderYaml(Knobs(defaults),
                    [](const Knob& knob, const std::string& indent) {
                      return Comment(indent, KnobDoc(knob) + Hints(knob));
                    });
}

std::string EnvironmentTemplate() {
  Config defaults;
  std::string text =
      "# Environment of `selfheal serve`; it wins over config/selfheal.yaml.\n"
      "# An empty variable counts as not set. Lists are separated by commas.\n";
  for (const Knob& knob : Knobs(defaults)) {
    if (knob.env.empty()) continue;
    text += "\n" + Comment("", KnobDoc(knob)) + "#" + std::string(knob.env) +
            "=" + KnobValueEnvironment(knob) + "\n";
  }
  return text;
}

}  // namespace selfheal
