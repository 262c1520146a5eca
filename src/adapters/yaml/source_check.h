#pragma once

#include <string>
#include <string_view>

namespace selfheal::yaml {

// The library accepts some text that is not YAML. These look at the source of
// what it reported.

/// What is wrong with the scalar that begins at byte `at`; empty = nothing:
/// a quote that is not closed, an unknown escape, the header of a block, a
/// colon that begins a plain text.
std::string ScalarProblem(std::string_view text, std::size_t at);

/// True where a tag stands at byte `at`.
bool HasTag(std::string_view text, std::size_t at);

/// True where a colon stands behind the key of a block map that begins at byte
/// `at`, on the same line. The library takes a bare line for a key without a
/// value.
bool HasColon(std::string_view text, std::size_t at);

/// True where a null is written at byte `at`. The library takes the nothing in
/// `[, x]` for one.
bool WritesNull(std::string_view text, std::size_t at);

}  // namespace selfheal::yaml
