#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/yaml/rule_set_loader.h"
#include "core/ids.h"

namespace selfheal::yaml::testing {

/// A folder of its own, removed at the end, with `rules` and `runbooks`.
class TempFolder {
 public:
  TempFolder() {
    std::string pattern =
        (std::filesystem::temp_directory_path() / "selfheal-yaml-XXXXXX")
            .string();
    path_ = mkdtemp(pattern.data());
    std::filesystem::create_directories(path_ / "rules");
    std::filesystem::create_directories(path_ / "runbooks");
  }
  ~TempFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;

  std::string Path(std::string_view name) const {
    return (path_ / name).string();
  }
  void Write(std::string_view name, std::string_view text) const {
    std::ofstream(path_ / name, std::ios::binary) << text;
  }
  Config FolderConfig() const {
    Config config;
    config.rules_dir = Path("rules");
    config.runbooks_dir = Path("runbooks");
    return config;
  }

 private:
  std::filesystem::path path_;
};

inline std::string FakeDigest(std::string_view text) {
  return std::to_string(StableHash(text));
}

/// Findings as one text a finding, with `prefix` taken off the front.
inline std::vector<std::string> Texts(
    const std::vector<SourceFinding>& findings, std::string_view prefix = "") {
  std::vector<std::string> texts;
  for (const SourceFinding& finding : findings) {
    std::string text = ToString(finding);
    for (std::size_t at = text.find(prefix);
         !prefix.empty() && at != std::string::npos; at = text.find(prefix)) {
      text.erase(at, prefix.size());
    }
    texts.push_back(std::move(text));
  }
  return texts;
}

}  // namespace selfheal::yaml::testing
