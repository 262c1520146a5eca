#include <gtest/gtest.h>

#include <fstream>
#include <optional>
#include <sstream>
#include <string>

#include "adapters/telemetry/metrics.h"
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

// One row a family of Prometheus' text format, from its HELP and TYPE lines.
std::string MetricTable(const std::string& text) {
  std::string table = "| metric | type | meaning |\n|---|---|---|";
  std::istringstream in(text);
  std::string help;
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with("# HELP ")) {
      help = line.substr(line.find(' ', 7) + 1);
    } else if (line.starts_with("# TYPE ")) {
      const std::size_t space = line.find(' ', 7);
      table += "\n| `" + line.substr(7, space - 7) + "` | " +
               line.substr(space + 1) + " | " + help + " |";
    }
  }
  return table;
}

TEST(MetricTable, HasARowForEachFamily) {
  EXPECT_EQ(MetricTable("# HELP a_total Of a.\n# TYPE a_total counter\n"
                        "a_total 0\n# HELP b Of b.\n# TYPE b gauge\nb 1\n"),
            "| metric | type | meaning |\n|---|---|---|\n"
            "| `a_total` | counter | Of a. |\n| `b` | gauge | Of b. |");
}

TEST(Readme, MetricTableIsWhatTheProgramServes) {
  telemetry::Metrics metrics("0", {"cooldown"}, {"memory-leak"});
  const std::string expected = MetricTable(metrics.Text());
  const auto table = Marked(Readme(), "metrics");
  ASSERT_TRUE(table.has_value())
      << "README.md lacks the marks `<!-- metrics -->` and "
      << "`<!-- /metrics -->` around\n"
      << expected;
  EXPECT_EQ(*table, expected);
}

TEST(Marked, IsTheTextBetweenTheMarks) {
  EXPECT_EQ(Marked("a\n<!-- x -->\n\n| b |\n<!-- /x -->\n", "x"), "| b |");
  EXPECT_EQ(Marked("<!-- x --> | b |", "x"), std::nullopt);
  EXPECT_EQ(Marked("", "x"), std::nullopt);
}

TEST(Readme, RouteTableIsWhatTheProgramServes) {
  const auto table = Marked(Readme(), "routes");
  ASSERT_TRUE(table.has_value())
      << "README.md lacks the marks `<!-- routes -->` and `<!-- /routes -->` "
      << "around\n"
      << RouteTable();
  std::string expected = RouteTable();
  while (expected.ends_with('\n')) expected.pop_back();
  EXPECT_EQ(*table, expected);
}

}  // namespace
}  // namespace selfheal
