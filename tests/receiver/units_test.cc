#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "receiver/chunked_decoder.h"
#include "receiver/connection_table.h"
#include "receiver/listener.h"
#include "receiver/query.h"
#include "receiver/router.h"
#include "receiver/small_json.h"

namespace selfheal {
namespace {

TEST(ChunkedDecoder, TakesAnySplit) {
  const std::string wire = "3\r\nabc\r\nA\r\n0123456789\r\n0\r\n\r\n";
  for (std::size_t cut = 0; cut <= wire.size(); ++cut) {
    ChunkedDecoder decoder(100);
    std::string body;
    std::string_view first = std::string_view(wire).substr(0, cut);
    std::string_view second = std::string_view(wire).substr(cut);
    decoder.Feed(first, body);
    EXPECT_EQ(decoder.Feed(second, body), ChunkedDecoder::State::kDone);
    EXPECT_EQ(body, "abc0123456789");
  }
}

TEST(ChunkedDecoder, LeavesWhatFollows) {
  ChunkedDecoder decoder(100);
  std::string body;
  std::string_view wire = "1\r\na\r\n0\r\n\r\nGET";
  EXPECT_EQ(decoder.Feed(wire, body), ChunkedDecoder::State::kDone);
  EXPECT_EQ(wire, "GET");
}

TEST(ChunkedDecoder, BoundsTheSumOfAllChunks) {
  ChunkedDecoder decoder(5);
  std::string body;
  std::string_view wire = "3\r\nabc\r\n3\r\ndef\r\n";
  EXPECT_EQ(decoder.Feed(wire, body), ChunkedDecoder::State::kTooLarge);
}

TEST(MatchPattern, TakesExactSegments) {
  EXPECT_EQ(MatchPattern("/a", "/a"), "");
  EXPECT_EQ(MatchPattern("/a", "/a/"), std::nullopt);
  EXPECT_EQ(MatchPattern("/a/{id}", "/a/01J-x_y"), "01J-x_y");
  EXPECT_EQ(MatchPattern("/a/{id}/b", "/a/7/b"), "7");
  for (const char* path : {"/a/", "/a/7/", "/a/7/8", "/a/.", "/a/..", "/a/%41",
                           "/a//b", "/a/b", "/a"}) {
    EXPECT_EQ(MatchPattern("/a/{id}/b", path), std::nullopt) << path;
  }
  EXPECT_EQ(MatchPattern("/a/{id}", "/a/" + std::string(65, 'x')),
            std::nullopt);
}

TEST(ParseQuery, Decodes) {
  const auto query = ParseQuery("a=1&b=x%20y+z&c&&d=");
  ASSERT_TRUE(query.ok());
  EXPECT_EQ(Find(*query, "a"), "1");
  EXPECT_EQ(Find(*query, "b"), "x y z");
  EXPECT_EQ(Find(*query, "c"), std::nullopt);
  EXPECT_EQ(Find(*query, "d"), std::nullopt);
  EXPECT_FALSE(ParseQuery("a=1&a=2").ok());
  EXPECT_FALSE(ParseQuery("a=%0d%0a").ok());
  EXPECT_EQ(Find(*ParseQuery("a=%c3%a4"), "a"), "\u00e4");
  EXPECT_FALSE(ParseQuery("a=%c3").ok());
  EXPECT_FALSE(ParseQuery("a=%c2%85").ok());
}

TEST(SmallJson, TakesFlatObjects) {
  const auto json = ParseSmallJson(R"({"on":true,"reason":"x","a":null})",
                                   {"on", "reason", "a"});
  ASSERT_TRUE(json.ok());
  EXPECT_EQ(*TruthOf(*json, "on"), true);
  EXPECT_EQ(*TextOf(*json, "reason"), "x");
  EXPECT_EQ(*TextOf(*json, "absent"), std::nullopt);
  EXPECT_FALSE(TextOf(*json, "on").ok());
  EXPECT_FALSE(TruthOf(*json, "reason").ok());
  EXPECT_TRUE(ParseSmallJson("", {}).ok());
}

TEST(SmallJson, CountsCharactersNotBytes) {
  std::string text;
  for (int i = 0; i < 1000; ++i) text += "\u65e5";
  EXPECT_TRUE(ParseSmallJson("{\"a\":\"" + text + "\"}", {"a"}).ok());
  EXPECT_FALSE(ParseSmallJson("{\"a\":\"" + text + "x\"}", {"a"}).ok());
}

TEST(SmallJson, RefusesTheRest) {
  for (const char* text :
       {"[]", "1", "true", "\"a\"", "{", R"({"a":1})", "null", R"({"a":{}})",
        R"({"a":[]})", R"({"a":"x","a":"y"})", R"({"a":"\u0000"})", "{} {}"}) {
    EXPECT_FALSE(ParseSmallJson(text, {"a", "b"}).ok()) << text;
  }
  EXPECT_FALSE(
      ParseSmallJson("{\"a\":\"" + std::string(1001, 'x') + "\"}", {"a"}).ok());
  EXPECT_EQ(ParseSmallJson(R"({"b":"x"})", {"a"}).error().message,
            "b: unknown");
  EXPECT_EQ(ParseSmallJson(R"({"a":"x\u0000y"})", {"a"}).error().message,
            "a: holds a character NUL");
}

TEST(ListenAddress, KnowsLoopback) {
  for (const char* text :
       {"127.0.0.1:8000", "127.9.9.9:1", "[::1]:8000", "localhost:8000"}) {
    const auto address = ParseListenAddress(text);
    ASSERT_TRUE(address.ok()) << text;
    EXPECT_TRUE(address->loopback) << text;
  }
  for (const char* text :
       {"0.0.0.0:8000", "[::]:8000", ":8000", "192.168.1.1:80"}) {
    const auto address = ParseListenAddress(text);
    ASSERT_TRUE(address.ok()) << text;
    EXPECT_FALSE(address->loopback) << text;
  }
  for (const char* text :
       {"", "8000", "127.0.0.1", "127.0.0.1:", "a:b", "127.0.0.1:65536",
        "127.0.0.1:-1", "host.name:80", "127.0.0.1:80x", "::1:8000x"}) {
    EXPECT_FALSE(ParseListenAddress(text).ok()) << text;
  }
}

TEST(Listener, ATakenPortIsUnavailable) {
  const auto first = Listener::Bind("127.0.0.1:0");
  ASSERT_TRUE(first.ok());
  const auto second =
      Listener::Bind("127.0.0.1:" + std::to_string(first->port()));
  ASSERT_FALSE(second.ok());
  EXPECT_EQ(second.error().code, Code::kUnavailable);
}

class Table : public ::testing::Test {
 protected:
  Connection& Add(const std::string& peer, int age,
                  Connection::Phase phase = Connection::Phase::kReading) {
    auto connection = std::make_unique<Connection>(limits_);
    connection->fd = ++fds_;
    connection->peer = peer;
    connection->phase = phase;
    connection->since = SteadyTime(std::chrono::seconds(1000 - age));
    return table_.Add(std::move(connection));
  }

  HttpLimits limits_ = [] {
    HttpLimits limits;
    limits.connections = 4;
    limits.connections_per_ip = 2;
    limits.reserved_connections = 1;
    limits.reserved_peers = {"am"};
    return limits;
  }();
  ConnectionTable table_{limits_};
  int fds_ = 100;
};

TEST_F(Table, OverItsOwnCapAnAddressLosesItsOldest) {
  Add("a", 1);
  Connection& oldest = Add("a", 2);
  EXPECT_EQ(table_.Judge("a").evict, &oldest);
  EXPECT_TRUE(table_.Judge("b").admitted);
  EXPECT_EQ(table_.Judge("b").evict, nullptr);
}

TEST_F(Table, CompleteRequestsAreNeverClosed) {
  Add("a", 1, Connection::Phase::kWorking);
  Add("a", 2, Connection::Phase::kWorking);
  EXPECT_FALSE(table_.Judge("a").admitted);
}

TEST_F(Table, TheLastSlotBelongsToReservedPeers) {
  Add("a", 1, Connection::Phase::kWorking);
  Add("b", 2, Connection::Phase::kWorking);
  Add("c", 3, Connection::Phase::kWorking);
  EXPECT_FALSE(table_.Judge("d").admitted);
  EXPECT_TRUE(table_.Judge("am").admitted);
}

TEST_F(Table, AReservedPeerPushesOutOthersButIsNeverPushedOut) {
  Add("am", 9);
  Add("am", 8);
  Add("am", 7);
  Connection& other = Add("a", 1);
  EXPECT_EQ(table_.Judge("am").evict, &other);
  EXPECT_EQ(table_.Judge("b").evict, &other);
  table_.Remove(other);
  Add("am", 6);
  EXPECT_FALSE(table_.Judge("b").admitted);
}

TEST_F(Table, ForgetsWhatIsRemoved) {
  Connection& one = Add("a", 1);
  Add("a", 2);
  const int fd = one.fd;
  table_.Remove(one);
  EXPECT_EQ(table_.Find(fd), nullptr);
  EXPECT_EQ(table_.size(), 1u);
  EXPECT_EQ(table_.Judge("a").evict, nullptr);
}

}  // namespace
}  // namespace selfheal
