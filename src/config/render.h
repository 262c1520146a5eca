#pragma once

#include <string>
#include <string_view>

#include "config/config.h"

namespace selfheal {

/// What stands in place of a secret that is set.
inline constexpr std::string_view kMasked = "***";

/// The configuration in force, secrets masked: one JSON object, nested as in
/// YAML; durations and sizes with their unit.
std::string EffectiveConfigJson(const Config& config);

/// The same as YAML; the loader reads it back where nothing is masked.
std::string EffectiveConfigYaml(const Config& config);

/// `config/selfheal.yaml`: every knob with its default, range, environment
/// variable and sentence.
std::string ConfigYamlTemplate();

/// `.env.example`: every environment variable, commented out.
std::string EnvironmentTemplate();

/// `config/config.schema.json`: a JSON Schema (2020-12) of the YAML file.
std::string ConfigSchemaJson();

/// `text` in double quotes, with JSON's escapes; also a YAML scalar.
std::string QuoteJson(std::string_view text);

}  // namespace selfheal
