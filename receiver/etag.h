#pragma once

#include <string>
#include <string_view>

namespace selfheal {

/// The entity tag of a body: the same bytes, the same tag.
std::string EtagOf(std::string_view body);

/// True where a value of If-None-Match ("*", or tags with commas between them,
/// weak ones too) names `etag`.
bool NamesEtag(std::string_view if_none_match, std::string_view etag);

}  // namespace selfheal
