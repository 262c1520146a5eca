#pragma once

#include <string>
#include <vector>

#include "architecture/source_tree.h"

namespace selfheal::architecture {

/// The `_test.cc` files of `tests` that `compile_commands`, the text of the
/// build's compile_commands.json, does not compile.
std::vector<std::string> InNoTarget(const std::vector<SourceFile>& tests,
                                    const std::string& compile_commands);

/// `metadata.name` of each rule or runbook file that no scenario names.
std::vector<std::string> WithoutScenario(
    const std::vector<SourceFile>& definitions,
    const std::vector<SourceFile>& scenarios);

/// Words of unfinished work, and paths and hosts that belong to one machine,
/// as `path:line: what`.
std::vector<std::string> Unfinished(const std::vector<SourceFile>& files);

}  // namespace selfheal::architecture
