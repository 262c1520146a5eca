#include "config/scalar.h"

#include <gtest/gtest.h>

#include <limits>

namespace selfheal {
namespace {

TEST(Scalar, IntegersAreDecimalAndWhole) {
  EXPECT_EQ(ParseInteger("0"), 0);
  EXPECT_EQ(ParseInteger("-12"), -12);
  EXPECT_EQ(ParseInteger("9223372036854775807"),
            std::numeric_limits<long long>::max());
  for (const char* text :
       {"", "-", "-0", "+1", "01", "0x10", "0o7", "1_000", "1.0", "1e3", " 1",
        "1 ", "9223372036854775808", "1:30", "one"}) {
    EXPECT_EQ(ParseInteger(text), std::nullopt) << text;
  }
}

TEST(Scalar, NumbersAreFiniteAndMatchInFull) {
  EXPECT_EQ(ParseNumber("0.7"), 0.7);
  EXPECT_EQ(ParseNumber("-3"), -3.0);
  EXPECT_EQ(ParseNumber("1e3"), 1000.0);
  for (const char* text : {"", ".5", "1.", "+1", "00.5", "1e999", "nan", "inf",
                           ".inf", "0x1p3", "0,7", "0.7x", " 0.7"}) {
    EXPECT_EQ(ParseNumber(text), std::nullopt) << text;
  }
}

TEST(Scalar, TruthValuesAreTwoWords) {
  EXPECT_EQ(ParseBool("true"), true);
  EXPECT_EQ(ParseBool("false"), false);
  for (const char* text : {"True", "yes", "no", "on", "off", "1", "0", ""}) {
    EXPECT_EQ(ParseBool(text), std::nullopt) << text;
  }
}

TEST(Scalar, SizesCarryTheirUnit) {
  EXPECT_EQ(ParseSize("16MiB"), 16LL << 20);
  EXPECT_EQ(ParseSize("1GiB"), 1LL << 30);
  EXPECT_EQ(ParseSize("0B"), 0);
  for (const char* text : {"16", "16MB", "16 MiB", "-1KiB", "1.5MiB", "MiB",
                           "9999999999999GiB", ""}) {
    EXPECT_EQ(ParseSize(text), std::nullopt) << text;
  }
}

TEST(Scalar, FormatsReadBack) {
  for (const long long bytes : {0LL, 1LL, 1023LL, 1024LL, 65536LL, 3LL << 30}) {
    EXPECT_EQ(ParseSize(FormatSize(bytes)), bytes);
  }
  EXPECT_EQ(FormatSize(16LL << 20), "16MiB");
  EXPECT_EQ(FormatNumber(100000), "100000");
  EXPECT_EQ(FormatNumber(0.7), "0.7");
  EXPECT_EQ(ParseNumber(FormatNumber(0.1 + 0.2)), 0.1 + 0.2);
}

TEST(Scalar, EditDistanceCountsSwapsOnce) {
  EXPECT_EQ(EditDistance("", "abc"), 3);
  EXPECT_EQ(EditDistance("runbook", "runbook"), 0);
  EXPECT_EQ(EditDistance("runbok", "runbook"), 1);
  EXPECT_EQ(EditDistance("urnbook", "runbook"), 1);
}

TEST(Scalar, OnlyASlipOfThePenIsSuggested) {
  const std::vector<std::string> known = {"alerts", "watch", "of", "runbook"};
  EXPECT_EQ(ClosestName("alert", known), "alerts");
  EXPECT_EQ(ClosestName("wacth", known), "watch");
  EXPECT_EQ(ClosestName("forecast", known), "");
  EXPECT_EQ(ClosestName("xy", known), "");
}

}  // namespace
}  // namespace selfheal
