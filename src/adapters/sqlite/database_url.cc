#include "adapters/sqlite/database_url.h"

#include "config/knob_render.h"

namespace selfheal {

Result<std::string> ParseSqliteUrl(std::string_view url) {
  constexpr std::string_view kScheme = "sqlite://";
  const auto refuse = [&](const std::string& why) {
    return Error{Code::kInvalidArgument,
                 "\"" + MaskUrlPassword(url) + "\": " + why};
  };
  if (url.substr(0, kScheme.size()) != kScheme) {
    return refuse("expected sqlite:// and an absolute path");
  }
  std::string_view path = url.substr(kScheme.size());
  if (path.substr(0, 2) == "//") path.remove_prefix(1);
  if (path.empty() || path.front() != '/') {
    return refuse("the path is not absolute: expected sqlite:///folder/file");
  }
  if (path.find_first_of(std::string_view("?#\0", 3)) !=
      std::string_view::npos) {
    return refuse("a query or fragment is not supported");
  }
  if (path.back() == '/') return refuse("the path names a folder");
  return std::string(path);
}

}  // namespace selfheal
