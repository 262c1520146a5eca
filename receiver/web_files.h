#pragma once

#include <span>
#include <string_view>

namespace selfheal {

/// One file of web/ or third_party/, as the build put it into the program.
struct WebFile {
  std::string_view name;  ///< "page.css"; unique.
  std::string_view bytes;
};

/// All of them; cmake/Web.cmake generates the definition.
std::span<const WebFile> WebFiles();

}  // namespace selfheal
