#include "adapters/http/url.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace selfheal::http {
namespace {

TEST(BaseUrl, SplitsWhatTheConfigurationNames) {
  const auto url = ParseBaseUrl("https://mimir.example:8443/prometheus/");
  ASSERT_TRUE(url.ok());
  EXPECT_EQ(url->scheme, "https");
  EXPECT_EQ(url->host, "mimir.example");
  EXPECT_EQ(url->port, "8443");
  EXPECT_EQ(url->prefix, "/prometheus");
  EXPECT_EQ(url->Origin(), "https://mimir.example:8443");
}

TEST(BaseUrl, FillsInTheDefaultPort) {
  EXPECT_EQ(ParseBaseUrl("http://a")->port, "80");
  EXPECT_EQ(ParseBaseUrl("https://a")->port, "443");
  EXPECT_EQ(ParseBaseUrl("http://a")->prefix, "");
}

TEST(BaseUrl, RefusesWhatIsNoPlainHttpOrigin) {
  for (const char* text :
       {"", "prometheus:9090x", "ftp://a", "file:///etc/passwd",
        "http://user:pass@a", "http://user@a", "http://a?x=1", "http://a#f",
        "http://", "gopher://a", "http://a b", "//a", "/path"}) {
    const auto url = ParseBaseUrl(text);
    ASSERT_FALSE(url.ok()) << text;
    EXPECT_EQ(url.error().code, Code::kInvalidArgument) << text;
  }
}

TEST(BaseUrl, ErrorNeverRepeatsTheText) {
  const auto url = ParseBaseUrl("https://hooks:s3cret@slack.com/services/T0");
  ASSERT_FALSE(url.ok());
  EXPECT_EQ(url.error().message.find("s3cret"), std::string::npos);
}

TEST(BaseUrl, KnowsLoopbackOnlyWhereItIsWritten) {
  for (const char* text :
       {"http://localhost:1", "http://LOCALHOST", "http://127.0.0.1",
        "http://127.9.9.9:3", "http://[::1]:8080"}) {
    EXPECT_TRUE(NamesLoopback(*ParseBaseUrl(text))) << text;
  }
  for (const char* text : {"http://localhost.evil.com", "http://10.0.0.1",
                           "http://[::2]", "http://prometheus"}) {
    EXPECT_FALSE(NamesLoopback(*ParseBaseUrl(text))) << text;
  }
}

TEST(BuildPath, EncodesEachSegmentOnItsOwn) {
  const std::vector<std::string> segments = {"api", "a/b", "x?y#z", "m%20 é"};
  const auto path = BuildPath(segments);
  ASSERT_TRUE(path.ok());
  EXPECT_EQ(*path, "/api/a%2Fb/x%3Fy%23z/m%2520%20%C3%A9");
}

TEST(BuildPath, RefusesSegmentsThatWouldMoveThePath) {
  for (const char* bad : {"", ".", ".."}) {
    const std::vector<std::string> segments = {"api", bad, "pods"};
    EXPECT_FALSE(BuildPath(segments).ok()) << bad;
  }
}

TEST(BuildQuery, EncodesNamesAndValues) {
  const std::vector<std::pair<std::string, std::string>> parameters = {
      {"query", "up{a=\"b&c=d\"}"}, {"empty", ""}, {"a b", "+"}};
  EXPECT_EQ(BuildQuery(parameters),
            "query=up%7Ba%3D%22b%26c%3Dd%22%7D&empty=&a%20b=%2B");
}

}  // namespace
}  // namespace selfheal::http
