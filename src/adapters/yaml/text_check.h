#pragma once

#include <string_view>

#include "adapters/yaml/tree.h"

namespace selfheal::yaml {

/// True where `text` may be handed to the parser: within the size cap, valid
/// UTF-8, no control characters but tab and line breaks (LF, CR LF), no
/// Unicode line separators, no directives. Adds the first finding otherwise.
bool CheckText(std::string_view text, FindingSink& sink);

/// The position of byte `offset` of line `line` (from 0), in characters.
Position CharacterPosition(std::string_view text, int line, int offset);

}  // namespace selfheal::yaml
