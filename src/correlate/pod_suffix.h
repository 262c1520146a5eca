#pragma once

#include <string_view>

#include "core/object.h"

namespace selfheal {

/// Whether pods that a `maker` makes are named after it with this `suffix`: a
/// StatefulSet's with a number, others' with the five characters that the API
/// server appends for `generateName` (no vowels, nothing that could be taken
/// for another). Pure.
bool IsPodSuffix(ObjectKind maker, std::string_view suffix);

}  // namespace selfheal
