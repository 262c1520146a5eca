#include "adapters/yaml/files.h"

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <system_error>

#include "adapters/yaml/tree.h"

#ifndef SELFHEAL_SHARE_DIR
#define SELFHEAL_SHARE_DIR "/usr/share/selfheal"
#endif

namespace selfheal::yaml {
namespace {

namespace fs = std::filesystem;

Error NotFound(const std::string& why) { return {Code::kNotFound, why}; }

bool IsYaml(const fs::path& path) {
  const std::string name = path.filename().string();
  return !name.starts_with('.') &&
         (name.ends_with(".yaml") || name.ends_with(".yml"));
}

/// Where an installation keeps what it ships.
std::vector<fs::path> ShareFolders() {
  std::vector<fs::path> folders;
  std::error_code error;
  const fs::path program = fs::read_symlink("/proc/self/exe", error);
  if (!error) {
    folders.push_back(program.parent_path().parent_path() / "share" /
                      "selfheal");
  }
  folders.emplace_back(SELFHEAL_SHARE_DIR);
  return folders;
}

}  // namespace

Result<std::string> ReadFile(const std::string& path) {
  std::error_code error;
  if (!fs::is_regular_file(path, error)) {
    return NotFound(error ? error.message() : "not a regular file");
  }
  std::ifstream stream(path, std::ios::binary);
  if (!stream) return NotFound(std::generic_category().message(errno));
  std::string text(kMaxBytes + 1, '\0');
  stream.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (stream.bad()) return NotFound("read failed");
  text.resize(static_cast<std::size_t>(stream.gcount()));
  return text;
}

Result<std::vector<std::string>> ListYamlFiles(const std::string& folder) {
  std::error_code error;
  std::vector<std::string> paths;
  fs::directory_iterator it(folder, error);
  for (; !error && it != fs::directory_iterator(); it.increment(error)) {
    std::error_code ignored;
    if (IsYaml(it->path()) && !fs::is_directory(it->path(), ignored)) {
      paths.push_back(it->path().string());
    }
  }
  if (error) return NotFound(error.message()).With(folder);
  std::sort(paths.begin(), paths.end());
  return paths;
}

std::string ResolveFolder(const std::string& folder) {
  std::error_code ignored;
  if (fs::path(folder).is_absolute() || fs::is_directory(folder, ignored)) {
    return folder;
  }
  for (const fs::path& share : ShareFolders()) {
    const fs::path found = share / folder;
    if (fs::is_directory(found, ignored)) return found.string();
  }
  return folder;
}

}  // namespace selfheal::yaml
