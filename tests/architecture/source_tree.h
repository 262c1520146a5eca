#pragma once

#include <string>
#include <vector>

namespace selfheal::architecture {

/// One file of the tree: its path relative to the root, and its lines.
struct SourceFile {
  std::string path;
  std::vector<std::string> lines;

  /// The whole text, lines ended by '\n'.
  std::string Text() const;
};

/// Splits `text` into lines; for sources written inside a test.
SourceFile FromText(std::string path, const std::string& text);

/// Every file below `folders` (relative to the root) whose name ends in one of
/// `endings`, sorted by path. A folder that does not exist holds no files.
std::vector<SourceFile> ReadTree(const std::vector<std::string>& folders,
                                 const std::vector<std::string>& endings);

/// The product's C++: src/ and receiver/.
std::vector<SourceFile> ProductSources();

/// The value below which `share` of the sorted `values` lie; 0 if empty.
std::size_t Quantile(std::vector<std::size_t> values, double share);

/// The findings as one text, for the message of a failed assertion.
std::string Join(const std::vector<std::string>& findings);

}  // namespace selfheal::architecture
