#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace selfheal::testing {

/// 2,000 different texts that a label, an annotation or an answer may hold:
/// every byte alone, what each language of our sinks takes as syntax, what
/// terminals obey, what cannot be seen, what is no UTF-8, and mixtures of all
/// of these. The same ones each time.
const std::vector<std::string>& HostileTexts();

/// True where `text` is UTF-8 without overlong forms and surrogates.
bool IsUtf8(std::string_view text);

}  // namespace selfheal::testing
