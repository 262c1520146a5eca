#pragma once

#include <string_view>

#include "adapters/yaml/tree.h"

namespace selfheal::yaml {

/// True where `text` may be handed to the parser: within the size cap, valid
/// UTF-8, no control characters but line breaks (LF, CR LF), no Unicode line
/// separators, tabs in comments only, no directives. Adds the first finding
/// otherwise.
bool CheckText(std::string_view text, FindingSink& sink);

/// The byte in `text` of byte `offset` of line `line` (both from 0), at most
/// its size.
std::size_t ByteOffset(std::string_view text, int line, int offset);

/// The position of byte `offset` of line `line` (both from 0), in characters.
Position CharacterPosition(std::string_view text, int line, int offset);

}  // namespace selfheal::yaml
