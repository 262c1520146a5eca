#pragma once

#include <string>
#include <string_view>

namespace selfheal {

/// Colours for stdout: on a terminal only, and not where NO_COLOR is set.
class Ink {
 public:
  Ink();

  std::string Good(std::string_view text) const { return In("32", text); }
  std::string Bad(std::string_view text) const { return In("31", text); }
  std::string Warn(std::string_view text) const { return In("33", text); }
  std::string Bold(std::string_view text) const { return In("1", text); }

 private:
  std::string In(std::string_view code, std::string_view text) const;

  bool on_ = false;
};

}  // namespace selfheal
