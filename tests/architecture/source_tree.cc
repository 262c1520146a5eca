#include "architecture/source_tree.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "support/paths.h"

namespace selfheal::architecture {
namespace {

namespace fs = std::filesystem;

bool EndsInOneOf(const std::string& name,
                 const std::vector<std::string>& endings) {
  return std::any_of(endings.begin(), endings.end(),
                     [&](const std::string& e) { return name.ends_with(e); });
}

std::string ReadFile(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

}  // namespace

std::string SourceFile::Text() const {
  std::string text;
  for (const std::string& line : lines) text += line + '\n';
  return text;
}

SourceFile FromText(std::string path, const std::string& text) {
  SourceFile file{std::move(path), {}};
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) file.lines.push_back(line);
  return file;
}

std::vector<SourceFile> ReadTree(const std::vector<std::string>& folders,
                                 const std::vector<std::string>& endings) {
  const fs::path root = testing::SourceDir();
  std::vector<SourceFile> files;
  for (const std::string& folder : folders) {
    if (!fs::is_directory(root / folder)) continue;
    for (const auto& entry : fs::recursive_directory_iterator(root / folder)) {
      if (!entry.is_regular_file()) continue;
      const std::string path = fs::relative(entry.path(), root).string();
      if (!EndsInOneOf(path, endings)) continue;
      files.push_back(FromText(path, ReadFile(entry.path())));
    }
  }
  std::sort(
      files.begin(), files.end(),
      [](const SourceFile& a, const SourceFile& b) { return a.path < b.path; });
  return files;
}

std::vector<SourceFile> ProductSources() {
  return ReadTree({"src", "receiver", "sim"}, {".cc", ".h"});
}

std::size_t Quantile(std::vector<std::size_t> values, double share) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  const auto index = static_cast<std::size_t>(
      share * static_cast<double>(values.size() - 1) + 0.5);
  return values[index];
}

std::string Join(const std::vector<std::string>& findings) {
  std::string text;
  for (const std::string& finding : findings) text += "\n  " + finding;
  return text;
}

}  // namespace selfheal::architecture
