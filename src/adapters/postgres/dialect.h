#pragma once

#include <string>
#include <string_view>

namespace selfheal::postgres {

/// `sql` with PostgreSQL's parameters: `?` and `?2` become `$1` and `$2`.
/// What stands in quotes holds no '?'. Pure.
std::string WithNumberedParameters(std::string_view sql);

/// Bytes as the text of a bytea: `\x` and two digits each. Pure.
std::string ByteaText(std::string_view bytes);

/// The bytes of such a text; what is no digit ends it. Pure.
std::string BytesOf(std::string_view bytea);

}  // namespace selfheal::postgres
