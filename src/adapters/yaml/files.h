#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"

namespace selfheal::yaml {

/// The whole of a regular file; one byte over kMaxBytes is enough to refuse
/// it, so no more is ever read.
/// @error kNotFound  it is absent, not readable or not a regular file: why,
/// without the path.
Result<std::string> ReadFile(const std::string& path);

/// The paths of `*.yaml` and `*.yml` directly in `folder`, by name.
/// @error kNotFound  the folder cannot be read.
Result<std::vector<std::string>> ListYamlFiles(const std::string& folder);

/// A relative `folder` is looked for in the working folder first, then in the
/// installed share folder: `../share/selfheal` beside the program's own folder,
/// or the one of the build. Where none has it, it stays as it is.
std::string ResolveFolder(const std::string& folder);

}  // namespace selfheal::yaml
