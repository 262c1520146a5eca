#include <gtest/gtest.h>

#include <fstream>
#include <optional>
#include <sstream>
#include <string>

#include "receiver/routes.h"
#include "support/paths.h"

namespace selfheal {
namespace {

std::string Readme() {
  std::ifstream in(testing::SourceDir() + "/README.md");
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

// What stands between `<!-- name -->` and `<!-- /name -->`, without the line
// ends next to the marks.
std::optional<std::string> Marked(const std::string& text,
                                  const std::string& name) {
  const std::string open = "<!-- " + name + " -->";
  const std::size_t begin = text.find(open);
  if (begin == std::string::npos) return std::nullopt;
  const std::size_t end = text.find("<!-- /" + name + " -->", begin);
  if (end == std::string::npos) return std::nullopt;
  std::string inside =
      text.substr(begin + open.size(), end - begin - open.size());
  const std::size_t first = inside.find_first_not_of('\n');
  if (first == std::string::npos) return "";
  return inside.substr(first, inside.find_last_not_of('\n') - first + 1);
}

TEST(Marked, IsTheTextBetweenTheMarks) {
  EXPECT_EQ(Marked("a\n<!-- x -->\n\n| b |\n<!-- /x -->\n", "x"), "| b |");
  EXPECT_EQ(Marked("<!-- x --> | b |", "x"), std::nullopt);
  EXPECT_EQ(Marked("", "x"), std::nullopt);
}

TEST(Readme, RouteTableIsWhatTheProgramServes) {
  const auto table = Marked(Readme(), "routes");
  ASSERT_TRUE(table.has_value())
      << "README.md lacks the marks `<!-- routes -->` and `<!-- /routes -->`";
  std::string expected = RouteTable();
  while (expected.ends_with('\n')) expected.pop_back();
  EXPECT_EQ(*table, expected);
}

}  // namespace
}  // namespace selfheal
