// What the strict tree refuses, each with its exact place and message.

#include <gtest/gtest.h>

#include "adapters/yaml/tree.h"
#include "tests/adapters/yaml/support.h"

namespace selfheal::yaml {
namespace {

struct BadTree {
  std::string name;
  std::string text;
  std::vector<std::string> findings;
};

void PrintTo(const BadTree& bad, std::ostream* out) { *out << bad.name; }

std::string Nested(int depth) {
  return std::string(static_cast<std::size_t>(depth), '[') +
         std::string(static_cast<std::size_t>(depth), ']');
}

std::string ManyNodes(int count) {
  std::string text = "a: [";
  for (int i = 0; i < count; ++i) text += "1,";
  return text + "]\n";
}

class BadTrees : public ::testing::TestWithParam<BadTree> {};

TEST_P(BadTrees, AreRefusedWithTheirPlace) {
  std::vector<SourceFinding> findings;
  FindingSink sink("f", &findings);
  const auto tree = ParseTree(GetParam().text, sink);
  EXPECT_FALSE(tree.has_value());
  if (GetParam().findings.empty()) {
    // The words and the place are the library's, and differ by its version.
    ASSERT_FALSE(findings.empty());
    return;
  }
  EXPECT_EQ(testing::Texts(findings), GetParam().findings);
}

INSTANTIATE_TEST_SUITE_P(
    Table, BadTrees,
    ::testing::Values(
        BadTree{"TooLarge",
                std::string(kMaxBytes + 1, ' '),
                {"f:1:1: the file has more than 262144 bytes; no more are "
                 "allowed"}},
        BadTree{"Outdented",
                "a:\n  - b: 1\n # no line\n - c: 2\n",
                {"f:4:2: not valid YAML: this line is indented by 1, the one "
                 "before it by 2: no list or map goes on there"}},
        BadTree{"NotUtf8",
                "a: 1\nb: \xC3\x28\n",
                {"f:2:4: a byte that is not valid UTF-8 is not allowed"}},
        BadTree{"Latin1",
                "a: caf\xE9\n",
                {"f:1:7: a byte that is not valid UTF-8 is not allowed"}},
        BadTree{"OverlongSlash",
                "a: \xC0\xAF\n",
                {"f:1:4: a byte that is not valid UTF-8 is not allowed"}},
        BadTree{"Surrogate",
                "a: \xED\xA0\x80\n",
                {"f:1:4: a byte that is not valid UTF-8 is not allowed"}},
        BadTree{"Nul",
                std::string("a: b\0c\n", 7),
                {"f:1:5: a control character is not allowed"}},
        BadTree{"Escape",
                "a: \"\x1B[31m\"\n",
                {"f:1:5: a control character is not allowed"}},
        BadTree{"LoneCarriageReturn",
                "a: 1\rb: 2\n",
                {"f:1:5: a carriage return without a line feed is not "
                 "allowed"}},
        BadTree{"LineSeparator",
                "a: 1\xE2\x80\xA8\n",
                {"f:1:5: a Unicode line separator is not allowed"}},
        BadTree{"Utf16",
                std::string("\xFF\xFE"
                            "a\0:\0",
                            6),
                {"f:1:1: a byte that is not valid UTF-8 is not allowed"}},
        BadTree{"Directive",
                "# c\n%YAML 1.1\n---\na: 1\n",
                {"f:2:1: directives are not allowed"}},
        BadTree{
            "Anchor", "a: &x 1\nb: 2\n", {"f:1:4: anchors are not allowed"}},
        BadTree{"AnchorAndAlias",
                "a: &x 1\nb: *x\n",
                {"f:1:4: anchors are not allowed",
                 "f:2:4: aliases are not allowed"}},
        BadTree{"AnchorOnMap",
                "a: &x\n  b: 1\n",
                {"f:1:4: anchors are not allowed"}},
        BadTree{"MergeKey",
                "a: &x {b: 1}\nc:\n  <<: *x\n",
                {"f:1:4: anchors are not allowed",
                 "f:3:7: aliases are not allowed"}},
        BadTree{"Tag", "a: !!str 1\n", {"f:1:4: tags are not allowed"}},
        BadTree{"LocalTag",
                "a: 1\nb: !include other.yaml\n",
                {"f:2:4: tags are not allowed"}},
        BadTree{
            "TagOnMap", "a: !!map {b: 1}\n", {"f:1:4: tags are not allowed"}},
        BadTree{"DuplicateKey",
                "a: 1\nb: 2\na: 3\n",
                {"f:3:1: duplicate key \"a\", first on line 1"}},
        BadTree{"DuplicateKeysInBothMaps",
                "m: {x: 1, x: 2}\nn:\n  y: 1\n  \"y\": 2\n",
                {"f:1:11: duplicate key \"x\", first on line 1",
                 "f:4:3: duplicate key \"y\", first on line 3"}},
        BadTree{"NullKey", "~: 1\n", {"f:1:1: a key must be a string"}},
        BadTree{
            "MapAsKey", "? {a: 1}\n: 2\n", {"f:1:3: a key must be a string"}},
        BadTree{"SequenceAsKey", "[a]: 2\n", {"f:1:1: a key must be a string"}},
        BadTree{"SecondDocument",
                "a: 1\n---\nb: 2\n",
                {"f:3:1: a second document is not allowed"}},
        BadTree{"SecondDocumentOfNothing",
                "a: 1\n---\n",
                {"f:3:1: a second document is not allowed"}},
        BadTree{"TooDeep",
                "a: " + Nested(16) + "\n",
                {"f:1:19: nested more than 16 levels deep"}},
        BadTree{"FarTooDeep", std::string(100000, '['), {}},
        BadTree{"TooManyNodes",
                ManyNodes(5000),
                {"f:1:9999: more than 5000 nodes"}},
        BadTree{"Unclosed", "a: [1, 2\nb: 3\n", {}},
        BadTree{"UnclosedQuote",
                "a: \"x\nb: 3\n",
                {"f:1:4: the closing quote is missing"}},
        BadTree{"TabIndent",
                "a:\n\tb: 1\n",
                {"f:2:1: a tab is not allowed; use spaces, or \\t in double "
                 "quotes"}},
        BadTree{"BadIndent", "a:\n    b: 1\n  c: 2\n", {}},
        BadTree{"TextAfterQuote", "a: \"x\" y\n", {}},
        BadTree{"UnknownEscape",
                "a: \"it\\'s\"\n",
                {"f:1:4: an unknown escape in a quoted text"}},
        BadTree{"TabInText",
                "a: x\ty # a tab\there is none\n",
                {"f:1:5: a tab is not allowed; use spaces, or \\t in double "
                 "quotes"}},
        BadTree{"BareLine",
                "a: 1\nwatch\n",
                {"f:2:1: expected a key with a colon behind it"}},
        BadTree{"TextLeftOfItsKey",
                "---\na:\nb # c\n",
                {"f:3:1: must be indented more than what it belongs to"}},
        BadTree{"ExplicitKey",
                "? a\n: b\n",
                {"f:1:3: a key must stand below the others, without \"?\""}},
        BadTree{"DirectiveBehind",
                "a: 1\n%all of this is dropped by the library\nb: 2\n",
                {"f:2:1: directives are not allowed"}},
        BadTree{"ColonFirst",
                "a: :b\n",
                {"f:1:4: a text that begins with \":\" must stand in quotes"}},
        BadTree{"MissingItem",
                "a: [, b]\n",
                {"f:1:5: an item of the list is missing"}},
        BadTree{"ExclamationMark", "a: ! b\n", {"f:1:4: tags are not allowed"}},
        BadTree{"BlockHeader",
                "a: |#x\n  b\n",
                {"f:1:4: the header of a block of text is malformed"}},
        BadTree{"ByteOrderMark",
                "\xEF\xBB\xBF"
                "a: 1\n",
                {"f:1:1: a byte order mark is not allowed"}},
        BadTree{"ColonInPlain", "a: b: c\n", {}}),
    [](const auto& info) { return info.param.name; });

TEST(GoodTrees, ColumnsCountCharacters) {
  std::vector<SourceFinding> findings;
  FindingSink sink("f", &findings);
  const auto tree = ParseTree("{\"\xC3\xA4\xE2\x82\xAC\": [1, x]}\r\n", sink);
  ASSERT_TRUE(tree.has_value()) << ToString(findings.at(0));
  const Node* list = tree->Find("\xC3\xA4\xE2\x82\xAC");
  ASSERT_NE(list, nullptr);
  EXPECT_EQ(list->at.line, 1);
  EXPECT_EQ(list->at.column, 8);
  ASSERT_EQ(list->items.size(), 2U);
  EXPECT_EQ(list->items[1].text, "x");
  EXPECT_EQ(list->items[1].at.column, 12);
}

TEST(GoodTrees, AnEmptyFileIsANull) {
  for (const char* text : {"", "# nothing\n\n", "---\n", " # x\n...\n"}) {
    std::vector<SourceFinding> findings;
    FindingSink sink("f", &findings);
    const auto tree = ParseTree(text, sink);
    ASSERT_TRUE(tree.has_value()) << text;
    EXPECT_EQ(tree->kind, NodeKind::kNull);
    EXPECT_EQ(tree->at.line, 1);
  }
}

TEST(GoodTrees, DepthAndNodesUpToTheCap) {
  std::vector<SourceFinding> findings;
  FindingSink sink("f", &findings);
  EXPECT_TRUE(ParseTree("a: " + Nested(15) + "\n", sink).has_value());
  EXPECT_TRUE(ParseTree(ManyNodes(4997), sink).has_value());
  EXPECT_EQ(testing::Texts(findings), std::vector<std::string>());
}

TEST(GoodTrees, AnAbsentValueStandsAtItsKey) {
  std::vector<SourceFinding> findings;
  FindingSink sink("f", &findings);
  const auto tree = ParseTree("a:\n\n\nb: 1\n", sink);
  ASSERT_TRUE(tree.has_value());
  EXPECT_EQ(tree->Find("a")->kind, NodeKind::kNull);
  EXPECT_EQ(tree->Find("a")->at.line, 1);
  EXPECT_EQ(tree->Find("c"), nullptr);
}

TEST(GoodTrees, QuotedAndBlockScalarsAreStrings) {
  std::vector<SourceFinding> findings;
  FindingSink sink("f", &findings);
  const auto tree =
      ParseTree("a: '1'\nb: 1\nc: >-\n  x\n  y\nd: |\n  z\n", sink);
  ASSERT_TRUE(tree.has_value());
  EXPECT_TRUE(tree->Find("a")->quoted);
  EXPECT_FALSE(tree->Find("b")->quoted);
  EXPECT_EQ(tree->Find("c")->text, "x y");
  EXPECT_TRUE(tree->Find("c")->quoted);
  EXPECT_EQ(tree->Find("d")->text, "z\n");
}

}  // namespace
}  // namespace selfheal::yaml
