#pragma once

#include <set>
#include <string>
#include <vector>

#include "architecture/source_tree.h"

namespace selfheal::architecture {

/// The folder that a path belongs to: `core`, `intake`, `adapters/http`,
/// `receiver`, ...; empty for a path outside the product.
std::string FolderOf(const std::string& path);

/// The third-party library that an include in angle brackets belongs to; empty
/// for the standard library and the operating system.
std::string LibraryOf(const std::string& include);

/// Every include of `files` that the table of src/README.md does not allow,
/// as `path:line: reason`. `ports` are the headers of stages, relative to
/// src/, that declare an interface: the ones an adapter may include.
std::vector<std::string> ForbiddenIncludes(const std::vector<SourceFile>& files,
                                           const std::set<std::string>& ports);

/// Headers of stages that declare an interface (a pure virtual function).
std::set<std::string> PortHeaders(const std::vector<SourceFile>& files);

/// The table of allowed edges as Markdown, as it stands in src/README.md.
std::string EdgeTable();

}  // namespace selfheal::architecture
