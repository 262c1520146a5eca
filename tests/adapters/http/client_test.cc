#include "adapters/http/client.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <string>
#include <vector>

#include "tests/adapters/http/test_server.h"

namespace selfheal::http {
namespace {

using selfheal::testing::DeadPort;
using selfheal::testing::HttpReply;
using selfheal::testing::RawReply;
using selfheal::testing::ReceivedRequest;
using selfheal::testing::TestServer;
using std::chrono::milliseconds;

std::unique_ptr<Client> NewClient(const std::string& url) {
  auto client = Client::Create({.base_url = url});
  EXPECT_TRUE(client.ok());
  return *std::move(client);
}

TestServer::Handler Always(RawReply reply) {
  return [reply](const ReceivedRequest&) { return reply; };
}

TEST(HttpClient, SendsExactlyWhatItWasGiven) {
  TestServer server(Always({.bytes = HttpReply(201, "done")}));
  const auto client = NewClient(server.url() + "/base");
  const auto outcome = client->Send({.method = Method::kPatch,
                                     .target = "/a%2Fb?x=1",
                                     .headers = {"X-One: 1"},
                                     .body = std::string("b\0dy", 4)});
  ASSERT_TRUE(outcome.ok()) << outcome.failure().error.message;
  EXPECT_EQ(outcome.response().status, 201);
  EXPECT_EQ(outcome.response().body, "done");
  EXPECT_EQ(outcome.response().MediaType(), "application/json");
  ASSERT_EQ(server.requests().size(), 1u);
  const ReceivedRequest request = server.requests()[0];
  EXPECT_EQ(request.method, "PATCH");
  EXPECT_EQ(request.target, "/base/a%2Fb?x=1");
  EXPECT_EQ(request.body, std::string("b\0dy", 4));
  EXPECT_EQ(request.headers.at("x-one"), "1");
  EXPECT_EQ(request.headers.at("user-agent"), "selfheal");
  EXPECT_EQ(request.headers.count("expect"), 0u);
  EXPECT_EQ(request.headers.count("accept-encoding"), 0u);
}

TEST(HttpClient, SendsEveryMethodWithItsBody) {
  TestServer server(Always({.bytes = HttpReply(200, "")}));
  const auto client = NewClient(server.url());
  for (const Method method : {Method::kGet, Method::kPost, Method::kPut,
                              Method::kPatch, Method::kDelete}) {
    const std::string body = method == Method::kGet ? "" : "{}";
    ASSERT_TRUE(
        client->Send({.method = method, .target = "/", .body = body}).ok());
    const auto last = server.requests().back();
    EXPECT_EQ(last.method, MethodName(method));
    EXPECT_EQ(last.body, body);
  }
}

TEST(HttpClient, NeverFollowsARedirect) {
  TestServer other(Always({.bytes = HttpReply(200, "stolen")}));
  TestServer server(
      Always({.bytes = HttpReply(302, "", "text/plain",
                                 "Location: " + other.url() + "/x\r\n")}));
  const auto outcome = NewClient(server.url())->Send({.target = "/"});
  ASSERT_TRUE(outcome.ok());
  EXPECT_EQ(outcome.response().status, 302);
  EXPECT_TRUE(other.requests().empty());
}

TEST(HttpClient, IgnoresProxiesOfTheEnvironment) {
  TestServer proxy(Always({.bytes = HttpReply(200, "proxy")}));
  TestServer server(Always({.bytes = HttpReply(200, "direct")}));
  setenv("http_proxy", proxy.url().c_str(), 1);
  setenv("ALL_PROXY", proxy.url().c_str(), 1);
  const auto outcome = NewClient(server.url())->Send({.target = "/"});
  unsetenv("http_proxy");
  unsetenv("ALL_PROXY");
  ASSERT_TRUE(outcome.ok());
  EXPECT_EQ(outcome.response().body, "direct");
}

TEST(HttpClient, KeepsReadConnectionsWarmAndMutationsApart) {
  TestServer server(Always({.bytes = HttpReply(200, "x"), .close = false}));
  const auto client = NewClient(server.url());
  for (int i = 0; i < 5; ++i) {
    ASSERT_TRUE(client->Send({.target = "/r"}).ok());
  }
  EXPECT_EQ(server.connections(), 1);
  for (int i = 0; i < 2; ++i) {
    ASSERT_TRUE(client
                    ->Send({.method = Method::kPatch,
                            .target = "/w",
                            .body = "{}",
                            .connection = Connection::kFresh})
                    .ok());
  }
  EXPECT_EQ(server.connections(), 3);
}

TEST(HttpClient, AnswersABatchInItsOwnOrder) {
  TestServer server([](const ReceivedRequest& request) {
    return RawReply{.bytes = HttpReply(200, request.target), .close = false};
  });
  const auto client = NewClient(server.url());
  std::vector<Request> requests;
  for (int i = 0; i < 40; ++i) {
    requests.push_back({.target = "/" + std::to_string(i)});
  }
  const auto outcomes = client->SendAll(requests);
  ASSERT_EQ(outcomes.size(), 40u);
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    ASSERT_TRUE(outcomes[i].ok());
    EXPECT_EQ(outcomes[i].response().body, requests[i].target);
  }
  EXPECT_LE(server.connections(), 16);
}

TEST(HttpClient, CountsTheBodyItselfNotOnlyItsAnnouncement) {
  const std::string big(5000, 'x');
  const std::string chunked =
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1388\r\n" + big +
      "\r\n0\r\n\r\n";
  const std::string unframed = "HTTP/1.1 200 OK\r\n\r\n" + big;
  for (const std::string& bytes : {HttpReply(200, big), chunked, unframed}) {
    TestServer server(Always({.bytes = bytes}));
    const auto client = NewClient(server.url());
    const auto small = client->Send({.target = "/", .max_body = 4999});
    ASSERT_FALSE(small.ok());
    EXPECT_EQ(small.failure().error.code, Code::kResourceExhausted);
    const auto exact = client->Send({.target = "/", .max_body = 5000});
    EXPECT_TRUE(exact.ok());
  }
}

TEST(HttpClient, CapsTheHeaders) {
  std::string bytes = "HTTP/1.1 200 OK\r\n";
  for (int i = 0; i < 2000; ++i) {
    bytes += "X-" + std::to_string(i) + ": " + std::string(60, 'a') + "\r\n";
  }
  TestServer server(Always({.bytes = bytes + "Content-Length: 0\r\n\r\n"}));
  const auto outcome = NewClient(server.url())->Send({.target = "/"});
  ASSERT_FALSE(outcome.ok());
  EXPECT_EQ(outcome.failure().error.code, Code::kResourceExhausted);
}

TEST(HttpClient, RefusesAnswersThatAreNotCompleteHttp) {
  const std::vector<std::string> hostile = {
      "garbage\r\n\r\n",
      "",
      "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nabc",
      "HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n",
      "HTTP/0.9 whatever",
  };
  for (const std::string& bytes : hostile) {
    TestServer server(Always({.bytes = bytes}));
    const auto outcome = NewClient(server.url())
                             ->Send({.method = Method::kPost,
                                     .target = "/",
                                     .body = "x",
                                     .connection = Connection::kFresh});
    ASSERT_FALSE(outcome.ok()) << bytes;
    EXPECT_EQ(outcome.failure().delivery, Delivery::kUnknown) << bytes;
  }
}

TEST(HttpClient, GivesUpAtTheDeadline) {
  TestServer server(Always({.bytes = "HTTP/1.1 200 OK\r\n", .hang = true}));
  const auto start = std::chrono::steady_clock::now();
  const auto outcome =
      NewClient(server.url())
          ->Send({.target = "/", .timeout = milliseconds(200)});
  ASSERT_FALSE(outcome.ok());
  EXPECT_EQ(outcome.failure().error.code, Code::kDeadlineExceeded);
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(5));
}

TEST(HttpClient, KnowsThatARefusedConnectionSentNothing) {
  const DeadPort dead;
  const auto outcome = NewClient(dead.url())
                           ->Send({.method = Method::kPatch,
                                   .target = "/",
                                   .body = "{}",
                                   .connection = Connection::kFresh});
  ASSERT_FALSE(outcome.ok());
  EXPECT_EQ(outcome.failure().error.code, Code::kUnavailable);
  EXPECT_EQ(outcome.failure().delivery, Delivery::kNotSent);
}

TEST(HttpClient, KnowsThatALostAnswerIsUnknown) {
  for (const RawReply& reply :
       {RawReply{.bytes = "", .close = true},
        RawReply{.bytes = "", .close = true, .reset = true},
        RawReply{.bytes = "", .close = false, .hang = true}}) {
    TestServer server(Always(reply));
    const auto outcome = NewClient(server.url())
                             ->Send({.method = Method::kPatch,
                                     .target = "/",
                                     .body = "{}",
                                     .timeout = milliseconds(300),
                                     .connection = Connection::kFresh});
    ASSERT_FALSE(outcome.ok());
    EXPECT_EQ(outcome.failure().delivery, Delivery::kUnknown);
    EXPECT_EQ(server.requests().size(), 1u);
  }
}

TEST(HttpClient, KnowsThatAFailedTlsHandshakeSentNothing) {
  TestServer plain(Always({.bytes = HttpReply(200, "x")}));
  auto client = Client::Create(
      {.base_url = "https://127.0.0.1:" + std::to_string(plain.port())});
  ASSERT_TRUE(client.ok());
  const auto outcome = (*client)->Send({.method = Method::kPatch,
                                        .target = "/",
                                        .body = "{}",
                                        .timeout = milliseconds(500),
                                        .connection = Connection::kFresh});
  ASSERT_FALSE(outcome.ok());
  EXPECT_EQ(outcome.failure().delivery, Delivery::kNotSent);
}

TEST(HttpClient, RefusesBytesThatWouldForgeARequest) {
  TestServer server(Always({.bytes = HttpReply(200, "x")}));
  const auto client = NewClient(server.url());
  for (const Request& request :
       {Request{.target = "/a b"}, Request{.target = "/a\r\nX: y"},
        Request{.target = "a"}, Request{.target = "@evil.com/"},
        Request{.target = "/é"},
        Request{.target = "/", .headers = {"A: b\r\nC: d"}, .body = ""}}) {
    const auto outcome = client->Send(request);
    ASSERT_FALSE(outcome.ok());
    EXPECT_EQ(outcome.failure().error.code, Code::kInvalidArgument);
    EXPECT_EQ(outcome.failure().delivery, Delivery::kNotSent);
  }
  EXPECT_TRUE(server.requests().empty());
}

TEST(HttpClient, DoesNotReachLoopbackThroughAName) {
  // The URL names no loopback address, its resolved address is one.
  auto client = Client::Create({.base_url = "http://[::ffff:127.0.0.1]:1"});
  ASSERT_TRUE(client.ok());
  const auto outcome = (*client)->Send({.target = "/"});
  ASSERT_FALSE(outcome.ok());
  EXPECT_NE(outcome.failure().error.message.find("not allowed"),
            std::string::npos);
}

TEST(HttpClient, RepeatsAReadThatAClosedIdleConnectionLost) {
  TestServer server([](const ReceivedRequest& request) {
    // The first connection claims to stay open and is closed all the same.
    return RawReply{.bytes = HttpReply(200, "x"),
                    .close = request.connection == 0};
  });
  const auto client = NewClient(server.url());
  for (int i = 0; i < 3; ++i) {
    EXPECT_TRUE(client->Send({.target = "/"}).ok());
  }
}

}  // namespace
}  // namespace selfheal::http
