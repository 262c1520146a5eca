#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "architecture/source_tree.h"

namespace selfheal::architecture {

/// A function with a body: its first line (1-based, where its signature
/// begins), its length in lines, both ends included.
struct Function {
  std::string signature;
  std::size_t line = 0;
  std::size_t lines = 0;
};

/// The text of `file` with comments, literals and preprocessor lines blanked;
/// line ends stay where they are.
std::string Blank(const SourceFile& file);

/// Functions at namespace or class scope, in order; lambdas belong to the
/// function around them.
std::vector<Function> Functions(const SourceFile& file);

/// Files over `limit` lines without a `budget:` comment.
std::vector<std::string> LongFiles(const std::vector<SourceFile>& files,
                                   std::size_t limit);

/// Functions over `limit` lines without a `budget:` comment inside or in the
/// eight lines above.
std::vector<std::string> LongFunctions(const std::vector<SourceFile>& files,
                                       std::size_t limit);

}  // namespace selfheal::architecture
