#include <gtest/gtest.h>

#include <fstream>
#include <ostream>
#include <string>
#include <vector>

#include "support/paths.h"
#include "tests/receiver/raw_client.h"
#include "tests/receiver/test_server.h"

namespace selfheal::testing {
namespace {

/// One request as raw bytes and the status that refuses it.
struct Attack {
  std::string name;
  std::string bytes;
  int status;
};

void PrintTo(const Attack& attack, std::ostream* out) { *out << attack.name; }

const std::string kGet = "GET /-/healthy HTTP/1.1\r\nHost: a\r\n";
const std::string kPost =
    "POST /api/v1/alerts HTTP/1.1\r\nHost: a\r\n"
    "Authorization: Bearer webhook-t0ken\r\n";
/// What a smuggler hides: if it were ever read as a request of its own, its
/// answer would be a second one on the connection.
const std::string kHidden = "GET /-/healthy HTTP/1.1\r\nHost: b\r\n\r\n";

std::string Repeat(std::string_view text, int times) {
  std::string all;
  for (int i = 0; i < times; ++i) all += text;
  return all;
}

std::vector<Attack> RequestLines() {
  return {
      {"Empty line first", "\r\n" + kGet + "\r\n", 400},
      {"No version", "GET /-/healthy\r\n", 505},
      {"No target", "GET HTTP/1.1\r\n\r\n", 505},
      {"Only a method", "GET\r\n\r\n", 400},
      {"HTTP/2 preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505},
      {"HTTP/2.0", "GET / HTTP/2.0\r\nHost: a\r\n\r\n", 505},
      {"HTTP/1.2", "GET / HTTP/1.2\r\nHost: a\r\n\r\n", 505},
      {"HTTP/0.9 by name", "GET / HTTP/0.9\r\nHost: a\r\n\r\n", 505},
      {"Lower case version", "GET / http/1.1\r\nHost: a\r\n\r\n", 400},
      {"Version with more digits", "GET / HTTP/1.10\r\nHost: a\r\n\r\n", 400},
      {"Unknown method", "BREW / HTTP/1.1\r\nHost: a\r\n\r\n", 501},
      {"Lower case method", "get / HTTP/1.1\r\nHost: a\r\n\r\n", 501},
      {"CONNECT", "CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n", 501},
      {"Method with a bracket", "G(T / HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"Leading blank", " GET / HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"Two blanks", "GET  / HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"Tab as separator", "GET\t/\tHTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"Blank in target", "GET /a b HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"Absolute form", "GET http://a/-/healthy HTTP/1.1\r\nHost: a\r\n\r\n",
       400},
      {"Asterisk form", "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"Fragment", "GET /#a HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"Backslash", "GET /..\\a HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"Bytes above ASCII", "GET /\xc3\xa4 HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"Broken escape", "GET /%4 HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"Escape without hex", "GET /%zz HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"NUL in target", std::string("GET /\0 HTTP/1.1\r\n", 17), 400},
      {"Target of 9 KiB", "GET /" + std::string(9 << 10, 'a'), 414},
      {"Target of 1 MiB", "GET /" + std::string(1 << 20, 'a'), 414},
      {"TLS hello", std::string("\x16\x03\x01\x02\x00\x01", 6), 400},
      {"Bare LF after the request line", "GET / HTTP/1.1\nHost: a\n\n", 400},
      {"Bare CR in the request line", "GET /\ra HTTP/1.1\r\n", 400},
  };
}

std::vector<Attack> Fields() {
  return {
      {"No Host", "GET /-/healthy HTTP/1.1\r\n\r\n", 400},
      {"Two Hosts", kGet + "Host: b\r\n\r\n", 400},
      {"Host with a path", "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", 400},
      {"Host with user info", "GET / HTTP/1.1\r\nHost: a@b\r\n\r\n", 400},
      {"Folded field", kGet + "X-A: 1\r\n 2\r\n\r\n", 400},
      {"Blank before the first field", "GET / HTTP/1.1\r\n Host: a\r\n\r\n",
       400},
      {"Blank before the colon", kGet + "X-A : 1\r\n\r\n", 400},
      {"No colon", kGet + "X-A\r\n\r\n", 400},
      {"Empty name", kGet + ": 1\r\n\r\n", 400},
      {"Underscore", kGet + "Content_Length: 5\r\n\r\n", 400},
      {"Name with a bracket", kGet + "X(A): 1\r\n\r\n", 400},
      {"NUL in a value", kGet + std::string("X-A: 1\0\r\n\r\n", 11), 400},
      {"Escape character in a value", kGet + "X-A: \x1b[31m\r\n\r\n", 400},
      {"DEL in a value", kGet + "X-A: \x7f\r\n\r\n", 400},
      {"Bare CR in a value", kGet + "X-A: 1\r2\r\n\r\n", 400},
      {"Bare LF in a field", kGet + "X-A: 1\nX-B: 2\r\n\r\n", 400},
      {"65 fields", kGet + Repeat("X-A: 1\r\n", 64) + "\r\n", 431},
      {"A million fields", kGet + Repeat("A:\r\n", 1000000), 431},
      {"A field of 20 KiB", kGet + "X-A: " + std::string(20 << 10, 'a'), 431},
      {"A field of 20 MiB", kGet + "X-A: " + std::string(20 << 20, 'a'), 431},
      {"Two Authorizations", kPost + "Authorization: Bearer x\r\n\r\n", 400},
      {"Content-Encoding", kPost + "Content-Encoding: gzip\r\n\r\n", 501},
      {"Expect", kPost + "Expect: 100-continue\r\n\r\n", 417},
      {"Range", kGet + "Range: bytes=0-1\r\n\r\n", 400},
      {"Ten thousand ranges",
       kGet + "Range: bytes=" + Repeat("0-1,", 3000) + "\r\n\r\n", 400},
      {"Upgrade", kGet + "Upgrade: h2c\r\n\r\n", 501},
      {"Trailer announced", kPost + "Trailer: x\r\n\r\n", 501},
  };
}

std::vector<Attack> Lengths() {
  return {
      {"Two equal lengths",
       kPost + "Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello" + kHidden,
       400},
      {"Two lengths",
       kPost + "Content-Length: 5\r\nContent-Length: 0\r\n\r\nhello" + kHidden,
       400},
      {"A list of lengths", kPost + "Content-Length: 5, 5\r\n\r\nhello", 400},
      {"Negative length", kPost + "Content-Length: -5\r\n\r\n" + kHidden, 400},
      {"Signed length", kPost + "Content-Length: +5\r\n\r\nhello", 400},
      {"Hex length", kPost + "Content-Length: 0x5\r\n\r\nhello", 400},
      {"Empty length", kPost + "Content-Length:\r\n\r\n", 400},
      {"Length with a blank", kPost + "Content-Length: 1 0\r\n\r\n", 400},
      {"Length of 10^20",
       kPost + "Content-Length: 100000000000000000000\r\n\r\n", 413},
      {"Length of 2^64 + 5",
       kPost + "Content-Length: 18446744073709551621\r\n\r\nhello", 413},
      {"Length over the limit", kPost + "Content-Length: 20000000\r\n\r\n",
       413},
      {"Length and chunked",
       kPost +
           "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n"
           "\r\n" +
           kHidden,
       400},
      {"Chunked and length",
       kPost +
           "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n"
           "\r\n" +
           kHidden,
       400},
      {"Chunked twice",
       kPost + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"
               "\r\n0\r\n\r\n",
       400},
      {"gzip, chunked", kPost + "Transfer-Encoding: gzip, chunked\r\n\r\n",
       501},
      {"Identity coding", kPost + "Transfer-Encoding: identity\r\n\r\n", 501},
      {"Chunked with a tail",
       kPost + "Transfer-Encoding: chunked;q=1\r\n\r\n0\r\n\r\n", 501},
      {"Chunked with vertical tab",
       kPost + "Transfer-Encoding: \x0b"
               "chunked\r\n\r\n0\r\n\r\n",
       400},
      {"Chunked in HTTP/1.0",
       "POST /api/v1/alerts HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n"
       "0\r\n\r\n",
       400},
      {"Body of a GET", kGet + "Content-Length: 5\r\n\r\nhello" + kHidden, 400},
      {"Chunked GET", kGet + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
       400},
  };
}

const std::string kChunked = kPost + "Transfer-Encoding: chunked\r\n\r\n";

std::vector<Attack> Chunks() {
  return {
      {"Size -2", kChunked + "-2\r\n" + kHidden, 400},
      {"Size 0x5", kChunked + "0x5\r\nhello\r\n0\r\n\r\n", 400},
      {"No size", kChunked + "\r\nhello\r\n0\r\n\r\n", 400},
      {"Nine digits", kChunked + "000000005\r\nhello\r\n0\r\n\r\n", 400},
      {"Size over the limit", kChunked + "7fffffff\r\n", 413},
      {"Extension", kChunked + "5;a=b\r\nhello\r\n0\r\n\r\n", 400},
      {"Blank behind the size", kChunked + "5 \r\nhello\r\n0\r\n\r\n", 400},
      {"Bare LF behind the size", kChunked + "5\nhello\r\n0\r\n\r\n", 400},
      {"Content longer than its size", kChunked + "4\r\nhello\r\n0\r\n\r\n",
       400},
      {"Trailer field", kChunked + "0\r\nX-A: 1\r\n\r\n" + kHidden, 400},
      {"Bare LF at the end", kChunked + "0\r\n\n" + kHidden, 400},
  };
}

class Framing : public ::testing::TestWithParam<Attack> {};

TEST_P(Framing, IsRefusedAndClosed) {
  TestServer server;
  RawClient client(server.port());
  client.Send(GetParam().bytes);
  const std::string answer = client.ReadAll();
  EXPECT_EQ(StatusOf(answer), GetParam().status) << answer;
  EXPECT_TRUE(HasField(answer, "Content-Type: application/problem+json"));
  EXPECT_TRUE(HasField(answer, "Connection: close"));
  // One answer and no second: nothing was smuggled.
  EXPECT_EQ(answer.find("HTTP/1.1 ", 1), std::string::npos) << answer;
  EXPECT_TRUE(client.ClosedWithin(std::chrono::seconds(5)));
  EXPECT_EQ(server.store.size(), 0u);
}

std::string NameOf(const ::testing::TestParamInfo<Attack>& info) {
  std::string name;
  for (const char c : info.param.name) {
    if (std::isalnum(static_cast<unsigned char>(c))) name += c;
  }
  return name + std::to_string(info.index);
}

INSTANTIATE_TEST_SUITE_P(RequestLine, Framing,
                         ::testing::ValuesIn(RequestLines()), NameOf);
INSTANTIATE_TEST_SUITE_P(Field, Framing, ::testing::ValuesIn(Fields()), NameOf);
INSTANTIATE_TEST_SUITE_P(Length, Framing, ::testing::ValuesIn(Lengths()),
                         NameOf);
INSTANTIATE_TEST_SUITE_P(Chunk, Framing, ::testing::ValuesIn(Chunks()), NameOf);

TEST(FramingTable, HasAtLeast60Rows) {
  EXPECT_GE(RequestLines().size() + Fields().size() + Lengths().size() +
                Chunks().size(),
            60u);
}

TEST(FramingGood, KeepsACleanConnectionOpen) {
  TestServer server;
  RawClient client(server.port());
  for (int i = 0; i < 3; ++i) {
    client.Send(Request("GET", "/-/healthy", ""));
    const std::string answer = client.ReadAnswer();
    EXPECT_EQ(StatusOf(answer), 200);
    EXPECT_EQ(BodyOf(answer), "healthy\n");
    EXPECT_FALSE(HasField(answer, "Connection: close"));
  }
}

TEST(FramingGood, AnswersPipelinedRequestsInTheirOrder) {
  TestServer server;
  RawClient client(server.port());
  client.Send(
      Request("GET", "/-/healthy", "") +
      Request("POST", "/api/v1/alerts", TestServer::kWebhookToken, Payload(2)) +
      Request("GET", "/-/ready", "", "", "Connection: close\r\n"));
  EXPECT_EQ(BodyOf(client.ReadAnswer()), "healthy\n");
  EXPECT_EQ(BodyOf(client.ReadAnswer()),
            "{\"received\":2,\"new\":2,\"incidents\":[]}\n");
  const std::string last = client.ReadAnswer();
  EXPECT_EQ(BodyOf(last), "ready\n");
  EXPECT_TRUE(HasField(last, "Connection: close"));
  EXPECT_TRUE(client.ClosedWithin(std::chrono::seconds(5)));
}

TEST(FramingGood, TakesOneByteAtATime) {
  TestServer server;
  RawClient client(server.port());
  for (const char c : Request("POST", "/api/v1/alerts",
                              TestServer::kWebhookToken, Payload(1))) {
    client.Send(std::string_view(&c, 1));
  }
  EXPECT_EQ(StatusOf(client.ReadAnswer()), 200);
}

TEST(FramingGood, DecodesChunks) {
  TestServer server;
  RawClient client(server.port());
  const std::string body = Payload(3);
  std::string chunks;
  for (std::size_t at = 0; at < body.size(); at += 50) {
    const std::string part = body.substr(at, 50);
    char size[16];
    std::snprintf(size, sizeof size, "%zX\r\n", part.size());
    chunks += size + part + "\r\n";
  }
  client.Send(kChunked + chunks + "0\r\n\r\n" + kHidden);
  EXPECT_EQ(StatusOf(client.ReadAnswer()), 200);
  EXPECT_EQ(BodyOf(client.ReadAnswer()), "healthy\n");
  EXPECT_EQ(server.store.size(), 3u);
}

TEST(FramingGood, AnswersHttp10AndCloses) {
  TestServer server;
  RawClient client(server.port());
  client.Send("GET /-/healthy HTTP/1.0\r\n\r\n");
  const std::string answer = client.ReadAll();
  EXPECT_EQ(StatusOf(answer), 200);
  EXPECT_TRUE(HasField(answer, "Connection: close"));
}

TEST(FramingGood, AnswersHeadWithoutABody) {
  TestServer server;
  RawClient client(server.port());
  client.Send(Request("HEAD", "/-/healthy", ""));
  const std::string answer = client.ReadAnswer(false);
  EXPECT_EQ(StatusOf(answer), 200);
  EXPECT_TRUE(HasField(answer, "Content-Length: 8"));
  client.Send(Request("GET", "/-/healthy", ""));
  EXPECT_EQ(BodyOf(client.ReadAnswer()), "healthy\n");
}

TEST(FramingGood, AnswersAClientThatFinishedSending) {
  TestServer server;
  RawClient client(server.port());
  client.Send(Request("GET", "/-/healthy", ""));
  client.FinishSending();
  EXPECT_EQ(StatusOf(client.ReadAll()), 200);
}

TEST(FramingGood, NeverEchoesOrForgesWhatHeadersSay) {
  TestServer server;
  RawClient client(server.port());
  client.Send(Request("GET", "/-/healthy", "", "",
                      "REMOTE-ADDR: 10.0.0.1\r\nX-Forwarded-For: 1.2.3.4\r\n"
                      "User-Agent: %0d%0aX-Forged: 1\r\n"));
  const std::string answer = client.ReadAnswer();
  EXPECT_EQ(StatusOf(answer), 200);
  EXPECT_EQ(answer.find("Forged"), std::string::npos);
}

// docs/reference/http.md is true.
TEST(FramingDocs, WhatIsDocumentedIsRefused) {
  std::ifstream in(SourceDir() + "/docs/reference/http.md");
  TestServer server;
  int rows = 0;
  for (std::string line; std::getline(in, line);) {
    if (!line.starts_with("| `")) continue;
    const std::size_t end = line.find("` | ");
    const std::string asked = line.substr(3, end - 3);
    const bool is_line = asked.find(" HTTP/") != std::string::npos;
    RawClient client(server.port());
    client.Send(is_line ? asked + "\r\nHost: a\r\n\r\n"
                        : kPost + asked + "\r\n\r\n");
    const std::string answer = client.ReadAll();
    EXPECT_EQ(std::to_string(StatusOf(answer)), line.substr(end + 4, 3))
        << asked;
    EXPECT_TRUE(HasField(answer, "Connection: close")) << asked;
    ++rows;
  }
  EXPECT_EQ(rows, 10);
}

TEST(FramingGood, AFieldThatOnlyOffersIsIgnored) {
  TestServer server;
  RawClient client(server.port());
  client.Send(kGet + "TE: gzip\r\nAccept-Encoding: gzip\r\n\r\n");
  EXPECT_EQ(StatusOf(client.ReadAnswer()), 200);
}

}  // namespace
}  // namespace selfheal::testing
