#include "config/knob_render.h"
#include "config/render.h"
#include "config/scalar.h"

namespace selfheal {
namespace {

using Approvers = std::vector<Config::ApprovalsConfig::Approver>;

constexpr std::string_view kDuration =
    R"("type": "string", "pattern": "^([0-9]+d)?([0-9]+h)?([0-9]+m)?)"
    R"(([0-9]+s)?$", "minLength": 2)";
constexpr std::string_view kSize =
    R"("type": "string", "pattern": "^[0-9]+(B|KiB|MiB|GiB)$")";
constexpr std::string_view kStrings =
    R"("type": "array", "items": {"type": "string"}, "uniqueItems": true)";
constexpr std::string_view kApprovers =
    R"("type": "array", "items": {"type": "object", )"
    R"("additionalProperties": false, "required": ["risk"], )"
    R"("properties": {"slack_user": {"type": "string"}, )"
    R"("slack_group": {"type": "string"}, "risk": {"type": "array", )"
    R"("minItems": 1, "items": {"enum": ["medium", "high"]}}}})";

std::string Bounds(const Knob& knob) {
  return ", \"minimum\": " + FormatNumber(knob.min) +
         ", \"maximum\": " + FormatNumber(knob.max);
}

std::string Choices(const Knob& knob) {
  std::string text;
  for (const std::string_view choice : knob.choices) {
    text += (text.empty() ? "" : ", ") + QuoteJson(choice);
  }
  return "\"enum\": [" + text + "]";
}

struct TypeVisitor {
  const Knob& knob;
  std::string operator()(const std::string*) const {
    return knob.choices.empty() ? "\"type\": \"string\"" : Choices(knob);
  }
  std::string operator()(const bool*) const { return "\"type\": \"boolean\""; }
  std::string operator()(const int*) const {
    return "\"type\": \"integer\"" + Bounds(knob);
  }
  std::string operator()(const double*) const {
    return "\"type\": \"number\"" + Bounds(knob);
  }
  std::string operator()(const long long*) const { return std::string(kSize); }
  std::string operator()(const seconds*) const {
    return std::string(kDuration);
  }
  std::string operator()(const std::vector<std::string>*) const {
    const std::string list(kStrings);
    return knob.comma_text
               ? "\"anyOf\": [{" + list + "}, {\"type\": \"string\"}]"
               : list;
  }
  std::string operator()(const Approvers*) const {
    return std::string(kApprovers);
  }
};

std::string Property(const Knob& knob, std::string_view name) {
  const std::string type = std::visit(
      [&](const auto* field) { return TypeVisitor{knob}(field); }, knob.field);
  const std::string range = KnobRange(knob);
  const std::string doc =
      KnobDoc(knob) + (range.empty() ? "" : " (" + range + ")");
  return QuoteJson(name) + ": {" + type +
         ",\n\"default\": " + KnobValueJson(knob, Secrets::kMasked) +
         ",\n\"description\": " + QuoteJson(doc) + "}";
}

}  // namespace

std::string ConfigSchemaJson() {
  Config defaults;
  std::string text =
      "{\"$schema\": \"https://json-schema.org/draft/2020-12/schema\",\n"
      "\"title\": \"Configuration of selfheal\",\n"
      "\"type\": \"object\", \"additionalProperties\": false,\n"
      "\"properties\": {\n";
  bool first = true;
  const auto separate = [&] {
    text += first ? "" : ",\n";
    first = false;
  };
  WalkKnobs(
      Knobs(defaults),
      [&](std::string_view name, std::size_t) {
        separate();
        text += QuoteJson(name) +
                ": {\"type\": [\"object\", \"null\"], "
                "\"additionalProperties\": false, \"properties\": {\n";
        first = true;
      },
      [&](const Knob& knob, std::string_view name, std::size_t) {
        separate();
        text += Property(knob, name);
      },
      [&](std::size_t) {
        text += "\n}}";
        first = false;
      });
  return text + "\n}}\n";
}

}  // namespace selfheal
