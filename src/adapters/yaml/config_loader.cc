#include "adapters/yaml/config_loader.h"

#include <cstdlib>
#include <filesystem>

#include "adapters/yaml/files.h"
#include "adapters/yaml/knob_reader.h"
#include "config/knobs.h"

namespace selfheal::yaml {
namespace {

constexpr const char* kSearched[] = {"config/selfheal.yaml",
                                     "/etc/selfheal/selfheal.yaml"};
constexpr std::string_view kEnvironmentFile = "environment";

std::optional<std::string> FindFile(const std::optional<std::string>& file) {
  if (file) return file;
  for (const char* path : kSearched) {
    std::error_code ignored;
    if (std::filesystem::exists(path, ignored)) return path;
  }
  return std::nullopt;
}

SourcePosition EnvironmentPosition() {
  return {std::string(kEnvironmentFile), 1, 1};
}

/// The knobs that variables set, with their names.
std::map<std::string, std::string, std::less<>> ApplyEnvironment(
    const std::vector<Knob>& knobs, const Environment& environment,
    std::vector<SourceFinding>* findings) {
  std::map<std::string, std::string, std::less<>> set;
  for (const Knob& knob : knobs) {
    const auto variable = environment.find(std::string(knob.env));
    if (knob.env.empty() || variable == environment.end() ||
        variable->second.empty()) {
      continue;
    }
    set.emplace(knob.path, knob.env);
    const std::string problem = SetFromEnvironment(knob, variable->second);
    if (problem.empty()) continue;
    findings->push_back(
        {EnvironmentPosition(), std::string(knob.env) + ": " + problem});
  }
  return set;
}

Result<KnobPositions> ApplyFile(const std::string& path,
                                const std::vector<Knob>& knobs,
                                std::vector<SourceFinding>* findings) {
  const auto text = ReadFile(path);
  if (!text) return text.error().With(path).With("configuration");
  FindingSink sink(path, findings);
  const auto root = ParseTree(*text, sink);
  if (!root) return KnobPositions();
  return ReadKnobs(*root, knobs, sink);
}

}  // namespace

Environment ProcessEnvironment() {
  Environment environment;
  Config defaults;
  for (const Knob& knob : Knobs(defaults)) {
    const std::string name(knob.env);
    // Read at the start, before there are threads that could change it.
    // NOLINTNEXTLINE(concurrency-mt-unsafe)
    const char* value = name.empty() ? nullptr : std::getenv(name.c_str());
    if (value != nullptr) environment.emplace(name, value);
  }
  return environment;
}

Result<void> ReadConfig(const std::optional<std::string>& file,
                        const Environment& environment, Config& config,
                        std::vector<SourceFinding>* findings) {
  const std::size_t before = findings->size();
  const std::vector<Knob> knobs = Knobs(config);
  const auto path = FindFile(file);
  KnobPositions positions;
  if (path) {
    auto read = ApplyFile(*path, knobs, findings);
    if (!read) return read.error();
    positions = std::move(*read);
  }
  const auto variables = ApplyEnvironment(knobs, environment, findings);
  if (findings->size() == before) {
    for (const KnobConflict& conflict : KnobConflicts(config)) {
      SourcePosition at = EnvironmentPosition();
      if (path && variables.count(conflict.path) == 0) {
        const auto written = positions.find(conflict.path);
        const Position in_file =
            written == positions.end() ? Position{} : written->second;
        at = {*path, in_file.line, in_file.column};
      }
      findings->push_back(
          {at, std::string(conflict.path) + ": " + conflict.message});
    }
  }
  if (findings->size() == before) return {};
  return Error{Code::kInvalidArgument,
               std::to_string(findings->size() - before) +
                   " findings, first: " + ToString((*findings)[before])};
}

Result<Config> LoadConfig(const std::optional<std::string>& file,
                          const Environment& environment,
                          std::vector<SourceFinding>* findings,
                          const Config& defaults) {
  Config config = defaults;
  const Result<void> read = ReadConfig(file, environment, config, findings);
  if (!read.ok()) return read.error();
  return config;
}

}  // namespace selfheal::yaml
