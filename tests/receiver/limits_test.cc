#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "tests/receiver/raw_client.h"
#include "tests/receiver/test_server.h"

namespace selfheal::testing {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

TestServer::Options Short() {
  TestServer::Options options;
  options.limits.head_deadline = milliseconds(300);
  options.limits.body_deadline = milliseconds(300);
  options.limits.write_deadline = milliseconds(300);
  options.limits.idle_deadline = milliseconds(300);
  options.limits.drain_deadline = milliseconds(100);
  return options;
}

TEST(Deadlines, ASlowHeadIs408) {
  TestServer server(Short());
  RawClient client(server.port());
  // A byte now and then does not move an absolute deadline.
  std::thread trickle([&] {
    for (const char c : std::string("GET /-/healthy HTTP/1.1\r\nHost: aaaaa")) {
      if (!client.Send(std::string_view(&c, 1))) return;
      std::this_thread::sleep_for(milliseconds(40));
    }
  });
  const std::string answer = client.ReadAll();
  trickle.join();
  EXPECT_EQ(StatusOf(answer), 408);
}

TEST(Deadlines, ASlowBodyIs408) {
  TestServer server(Short());
  RawClient client(server.port());
  const std::string request =
      Request("POST", "/api/v1/alerts", TestServer::kWebhookToken, Payload(1));
  client.Send(request.substr(0, request.size() - 1));
  EXPECT_EQ(StatusOf(client.ReadAll()), 408);
  EXPECT_EQ(server.store.size(), 0u);
  EXPECT_EQ(server.observer.answers(408), 1);
}

TEST(Deadlines, SilenceIsClosedWithoutAWord) {
  TestServer server(Short());
  RawClient client(server.port());
  EXPECT_EQ(client.ReadAll(), "");
  RawClient kept(server.port());
  kept.Send(Request("GET", "/-/healthy", ""));
  EXPECT_EQ(StatusOf(kept.ReadAnswer()), 200);
  EXPECT_EQ(kept.ReadAll(), "");
}

TEST(Deadlines, APeerThatDoesNotReadIsClosed) {
  TestServer server(Short());
  server.services.metrics_text = [] { return std::string(64 << 20, 'm'); };
  RawClient client(server.port());
  client.Send(Request("GET", "/metrics", ""));
  std::this_thread::sleep_for(milliseconds(800));
  // What arrives now is less than the whole: the rest was given up.
  EXPECT_LT(client.ReadAll().size(), std::size_t{64 << 20});
}

TEST(Answers, AreWholeHoweverLarge) {
  TestServer server;
  server.services.metrics_text = [] { return std::string(8 << 20, 'm'); };
  RawClient client(server.port());
  for (int i = 0; i < 2; ++i) {
    client.Send(Request("GET", "/metrics", ""));
    EXPECT_EQ(BodyOf(client.ReadAnswer()).size(), std::size_t{8 << 20});
  }
}

TEST(Connections, TheOldestSilentOneOfAnAddressGivesWay) {
  TestServer::Options options;
  options.limits.connections_per_ip = 4;
  TestServer server(std::move(options));
  std::vector<std::unique_ptr<RawClient>> clients;
  for (int i = 0; i < 5; ++i) {
    clients.push_back(std::make_unique<RawClient>(server.port()));
    // An answer proves that the server has taken it in.
    clients.back()->Send(Request("GET", "/-/healthy", ""));
    EXPECT_EQ(StatusOf(clients.back()->ReadAnswer()), 200);
  }
  // Usually the first; another one where its worker was still between writing
  // the answer and giving the connection back.
  int alive = 0;
  for (auto& client : clients) {
    client->Send(Request("GET", "/-/healthy", "", "", "Connection: close\r\n"));
    if (StatusOf(client->ReadAll()) == 200) ++alive;
  }
  EXPECT_EQ(alive, 4);
}

TEST(Connections, ReservedPeersHaveSlotsWhenAllOthersAreTaken) {
  TestServer::Options options;
  options.limits.connections = 6;
  options.limits.reserved_connections = 2;
  options.limits.connections_per_ip = 100;
  options.limits.reserved_peers = {"127.0.0.9"};
  options.limits.workers = 8;
  TestServer server(std::move(options));
  // Four requests that hold their connections; nobody else can come in.
  std::atomic<bool> open{false};
  std::atomic<int> inside{0};
  server.services.list_incidents = [&](const IncidentQuery&) {
    ++inside;
    while (!open) std::this_thread::sleep_for(milliseconds(1));
    return Result<std::string>("{}");
  };
  std::vector<std::unique_ptr<RawClient>> busy;
  for (int i = 0; i < 4; ++i) {
    busy.push_back(std::make_unique<RawClient>(server.port()));
    busy.back()->Send(
        Request("GET", "/api/v1/incidents", TestServer::kViewerToken));
  }
  while (inside < 4) std::this_thread::yield();
  RawClient other(server.port(), "127.0.0.5");
  other.Send(Request("GET", "/-/healthy", ""));
  EXPECT_NE(StatusOf(other.ReadAll()), 200);
  RawClient reserved(server.port(), "127.0.0.9");
  reserved.Send(Request("GET", "/-/healthy", ""));
  EXPECT_EQ(StatusOf(reserved.ReadAnswer()), 200);
  open = true;
  for (auto& client : busy) EXPECT_EQ(StatusOf(client->ReadAnswer()), 200);
}

TEST(Connections, TwoThousandSlowOnesDoNotStopAHealthyOne) {
  TestServer server;
  std::vector<std::unique_ptr<RawClient>> slow;
  int slowest = 0;
  for (int i = 0; i < 2000; ++i) {
    slow.push_back(std::make_unique<RawClient>(
        server.port(), "127.0.1." + std::to_string(i % 200 + 1)));
    slow.back()->Send("GET /-/healthy HTTP/1.1\r\nHost: a\r\nX-A: ");
    if (slow.size() > 700) slow.erase(slow.begin());
    if (i % 100 != 99) continue;
    const auto start = std::chrono::steady_clock::now();
    RawClient healthy(server.port());
    healthy.Send(Request("GET", "/-/healthy", ""));
    EXPECT_EQ(StatusOf(healthy.ReadAnswer()), 200);
    const auto took = std::chrono::duration_cast<milliseconds>(
        std::chrono::steady_clock::now() - start);
    slowest = std::max(slowest, static_cast<int>(took.count()));
  }
  EXPECT_LT(slowest, 1000);
}

TEST(Bodies, AreBoundedAllTogether) {
  TestServer::Options options;
  options.limits.buffered_bytes = 1 << 20;
  TestServer server(std::move(options));
  const std::string head =
      "POST /api/v1/alerts HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer "
      "webhook-t0ken\r\nContent-Length: 900000\r\n\r\n";
  RawClient first(server.port());
  first.Send(head + std::string(800000, ' '));
  RawClient second(server.port());
  second.Send(head + std::string(800000, ' '));
  // One of the two is refused, whichever the server read further.
  while (server.observer.answers(503) == 0) std::this_thread::yield();
  EXPECT_EQ(server.observer.answers(503), 1);
}

TEST(Concurrency, ManyClientsOnManyThreads) {
  TestServer server;
  std::vector<std::thread> threads;
  std::atomic<int> good{0};
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&, t] {
      RawClient client(server.port());
      for (int i = 0; i < 50; ++i) {
        client.Send(
            Request("POST", "/api/v1/alerts", TestServer::kWebhookToken,
                    Payload(2, std::to_string(t) + "-" + std::to_string(i))));
        if (StatusOf(client.ReadAnswer()) == 200) ++good;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(good.load(), 400);
  EXPECT_EQ(server.store.size(), 800u);
}

}  // namespace
}  // namespace selfheal::testing
