#include <gtest/gtest.h>

#include "architecture/functions.h"

namespace selfheal::architecture {
namespace {

constexpr std::size_t kFileMedian = 110;
constexpr std::size_t kFileLimit = 400;
constexpr std::size_t kFunctionNinetieth = 30;
constexpr std::size_t kFunctionLimit = 60;

std::vector<Function> In(const std::string& text) {
  return Functions(FromText("src/core/a.cc", text));
}

TEST(Functions, AreMeasuredFromSignatureToClosingBrace) {
  const auto found =
      In("namespace a {\n"
         "int Add(int a,\n"
         "        int b) {\n"
         "  return a + b;\n"
         "}\n"
         "}  // namespace a\n");
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].line, 2u);
  EXPECT_EQ(found[0].lines, 4u);
  EXPECT_EQ(found[0].signature, "int Add(int a,");
}

TEST(Functions, OfClassesCountAndLambdasBelongToTheirFunction) {
  const auto found =
      In("class Queue : public Base {\n"
         " public:\n"
         "  Queue() : a_{1}, b_{2} {}\n"
         "  int Size() const noexcept { return a_; }\n"
         "  bool operator==(const Queue& o) const { return a_ == o.a_; }\n"
         "  void Run() {\n"
         "    auto f = [&](int x) {\n"
         "      if (x) { a_ = x; }\n"
         "    };\n"
         "    f(1);\n"
         "  }\n"
         " private:\n"
         "  int a_{0};\n"
         "  int b_ = {0};\n"
         "};\n");
  ASSERT_EQ(found.size(), 4u);
  EXPECT_EQ(found[0].lines, 1u);
  EXPECT_EQ(found[3].line, 6u);
  EXPECT_EQ(found[3].lines, 6u);
}

TEST(Functions, BracesInLiteralsCommentsAndDirectivesDoNotCount) {
  const auto found =
      In("#define OPEN {\n"
         "/* { */\n"
         "const char* kText = \"{ not code }\";\n"
         "const char* kRaw = R\"(\n{{{\n)\";\n"
         "constexpr int kBig = 10'000;\n"
         "constexpr char kBrace = '{';\n"
         "constexpr int kTable[] = {1, 2};\n"
         "enum class Kind { kA, kB };\n"
         "void F() {  // {\n"
         "}\n"
         "void G() {}\n");
  ASSERT_EQ(found.size(), 2u);
  EXPECT_EQ(found[0].lines, 2u);
  EXPECT_EQ(found[1].signature, "void G() ");
}

TEST(Functions, OverBudgetAreReportedUnlessTheyGiveAReason) {
  std::string text = "void F() {\n";
  for (int i = 0; i < 60; ++i) text += "  G();\n";
  text += "}\n";
  EXPECT_EQ(LongFunctions({FromText("a.cc", text)}, 60).size(), 1u);
  EXPECT_EQ(LongFunctions({FromText("a.cc", text)}, 62).size(), 0u);
  const std::string with_reason = "// budget: one table of states\n" + text;
  EXPECT_TRUE(LongFunctions({FromText("a.cc", with_reason)}, 60).empty());
  const std::string without = "// budget: \n" + text;
  EXPECT_EQ(LongFunctions({FromText("a.cc", without)}, 60).size(), 1u);
}

TEST(Files, OverBudgetAreReportedUnlessTheyGiveAReason) {
  std::string text;
  for (int i = 0; i < 401; ++i) text += "int a;\n";
  EXPECT_EQ(LongFiles({FromText("a.h", text)}, 400).size(), 1u);
  EXPECT_TRUE(LongFiles({FromText("a.h", text)}, 401).empty());
  text += "// budget: generated from the schema\n";
  EXPECT_TRUE(LongFiles({FromText("a.h", text)}, 400).empty());
}

TEST(Quantiles, AreOfTheSortedValues) {
  EXPECT_EQ(Quantile({}, 0.5), 0u);
  EXPECT_EQ(Quantile({9, 1, 5}, 0.5), 5u);
  EXPECT_EQ(Quantile({1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 100}, 0.9), 10u);
}

TEST(Product, FilesAreWithinTheirBudget) {
  const auto files = ProductSources();
  std::vector<std::size_t> lengths;
  for (const SourceFile& file : files) lengths.push_back(file.lines.size());
  EXPECT_LE(Quantile(lengths, 0.5), kFileMedian);
  const auto findings = LongFiles(files, kFileLimit);
  EXPECT_TRUE(findings.empty()) << Join(findings);
}

TEST(Product, FunctionsAreWithinTheirBudget) {
  const auto files = ProductSources();
  std::vector<std::size_t> lengths;
  for (const SourceFile& file : files) {
    for (const Function& f : Functions(file)) lengths.push_back(f.lines);
  }
  ASSERT_GT(lengths.size(), 20u);
  EXPECT_LE(Quantile(lengths, 0.9), kFunctionNinetieth);
  const auto findings = LongFunctions(files, kFunctionLimit);
  EXPECT_TRUE(findings.empty()) << Join(findings);
}

TEST(Page, FilesAreWithinTheirBudget) {
  const auto files = ReadTree({"web"}, {".js", ".css", ".html"});
  EXPECT_FALSE(files.empty());
  const auto findings = LongFiles(files, kFileLimit);
  EXPECT_TRUE(findings.empty()) << Join(findings);
}

TEST(Tests, FilesAreWithinTheirBudget) {
  const auto findings =
      LongFiles(ReadTree({"tests"}, {".cc", ".h"}), kFileLimit);
  EXPECT_TRUE(findings.empty()) << Join(findings);
}

}  // namespace
}  // namespace selfheal::architecture
