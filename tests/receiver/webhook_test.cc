#include <gtest/gtest.h>

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>
#include <vector>

#include "tests/receiver/raw_client.h"
#include "tests/receiver/test_server.h"

namespace selfheal::testing {
namespace {

using nlohmann::json;

std::string Post(TestServer& server, const std::string& body) {
  RawClient client(server.port());
  client.Send(
      Request("POST", "/api/v1/alerts", TestServer::kWebhookToken, body));
  return client.ReadAnswer();
}

std::string Get(TestServer& server, const std::string& target) {
  RawClient client(server.port());
  client.Send(Request("GET", target, TestServer::kViewerToken));
  return client.ReadAnswer();
}

TEST(Webhook, AnswersWhatIsNew) {
  TestServer server;
  const std::string first = Post(server, Payload(2));
  EXPECT_EQ(StatusOf(first), 200);
  EXPECT_TRUE(HasField(first, "Content-Type: application/json"));
  EXPECT_EQ(BodyOf(first), "{\"received\":2,\"new\":2,\"incidents\":[]}\n");
  EXPECT_EQ(BodyOf(Post(server, Payload(3))),
            "{\"received\":3,\"new\":1,\"incidents\":[]}\n");
  EXPECT_EQ(server.observer.answers(200), 2);
}

TEST(Webhook, StoresTheGoodNeighboursOfABadAlert) {
  TestServer server;
  std::string body = Payload(2);
  body.replace(body.find("\"alerts\":["), 10, "\"alerts\":[{\"status\":1},");
  const json answer = json::parse(BodyOf(Post(server, body)));
  EXPECT_EQ(answer.at("received"), 3);
  EXPECT_EQ(answer.at("new"), 2);
  EXPECT_EQ(answer.at("rejected"),
            json::parse(R"([{"index":0,"field":"status",)"
                        R"("reason":"must be a string"}])"));
  EXPECT_EQ(server.store.size(), 2u);
  EXPECT_EQ(server.observer.rejected(), 1u);
}

TEST(Webhook, RefusesWhenNoAlertIsUsable) {
  TestServer server;
  const std::string body =
      R"({"version":"4","groupKey":"g","status":"firing","receiver":"r",)"
      R"("alerts":[{"status":"firing"},7]})";
  const std::string answer = Post(server, body);
  EXPECT_EQ(StatusOf(answer), 400);
  const json problem = json::parse(BodyOf(answer));
  EXPECT_EQ(problem.at("field"), "alerts");
  EXPECT_EQ(problem.at("rejected").size(), 2u);
  EXPECT_EQ(server.observer.refused(), 1);
  EXPECT_EQ(StatusOf(Post(server, Payload(0))), 400);
}

TEST(Webhook, NamesFieldAndReasonOfABadEnvelope) {
  TestServer server;
  std::string body = Payload(1);
  body.replace(body.find("\"4\""), 3, "\"5\"");
  const std::string answer = Post(server, body);
  EXPECT_EQ(StatusOf(answer), 400);
  EXPECT_TRUE(HasField(answer, "Content-Type: application/problem+json"));
  const json problem = json::parse(BodyOf(answer));
  EXPECT_EQ(problem.at("status"), 400);
  EXPECT_EQ(problem.at("field"), "version");
  EXPECT_EQ(problem.at("reason"), "must be \"4\"");
  EXPECT_EQ(server.store.size(), 0u);
  EXPECT_EQ(server.observer.answers(400), 1);
}

TEST(Webhook, ABadPayloadLeavesTheConnectionOpen) {
  TestServer server;
  RawClient client(server.port());
  client.Send(
      Request("POST", "/api/v1/alerts", TestServer::kWebhookToken, "{"));
  EXPECT_EQ(StatusOf(client.ReadAnswer()), 400);
  client.Send(
      Request("POST", "/api/v1/alerts", TestServer::kWebhookToken, Payload(1)));
  EXPECT_EQ(StatusOf(client.ReadAnswer()), 200);
}

TEST(Webhook, RefusesAGroupOrABodyOverItsLimit) {
  TestServer::Options options;
  options.max_body = 5000;
  TestServer server(std::move(options));
  server.services.limits.alerts = 3;
  EXPECT_EQ(StatusOf(Post(server, Payload(3))), 200);
  const std::string group = Post(server, Payload(4));
  EXPECT_EQ(StatusOf(group), 413);
  EXPECT_EQ(json::parse(BodyOf(group)).at("field"), "alerts");
  EXPECT_EQ(StatusOf(Post(server, Payload(100))), 413);
  EXPECT_EQ(server.observer.answers(413), 2);
}

TEST(Webhook, CountsWhatWasCutOff) {
  TestServer server;
  std::string body = Payload(1);
  const std::string field = "\"truncatedAlerts\":0";
  body.replace(body.find(field), field.size(), "\"truncatedAlerts\":7");
  EXPECT_EQ(StatusOf(Post(server, body)), 200);
  EXPECT_EQ(server.observer.truncated(), 7u);
}

TEST(Webhook, Answers503AndClosesWhenItCannotStore) {
  TestServer server;
  server.store.failing = true;
  const std::string answer = Post(server, Payload(1));
  EXPECT_EQ(StatusOf(answer), 503);
  EXPECT_TRUE(HasField(answer, "Connection: close"));
  EXPECT_EQ(answer.find("disk"), std::string::npos);
  EXPECT_EQ(server.observer.answers(503), 1);
  server.store.failing = false;
  EXPECT_EQ(StatusOf(Post(server, Payload(1))), 200);
}

TEST(Webhook, AStoreThatThrowsIs500AndTheServerLives) {
  TestServer server;
  server.store.before_append = [] { throw std::runtime_error("unexpected"); };
  const std::string answer = Post(server, Payload(1));
  EXPECT_EQ(StatusOf(answer), 500);
  EXPECT_EQ(answer.find("unexpected"), std::string::npos);
  server.store.before_append = nullptr;
  EXPECT_EQ(StatusOf(Post(server, Payload(1))), 200);
}

TEST(Webhook, TakesAGroupOf5000) {
  TestServer server;
  std::string body = Payload(5000);
  const json answer = json::parse(BodyOf(Post(server, body)));
  EXPECT_EQ(answer.at("received"), 5000);
  EXPECT_EQ(answer.at("new"), 5000);
  EXPECT_EQ(server.store.size(), 5000u);
}

TEST(Webhook, OneRefusedPayloadDoesNotHarmTheOthersOfItsBulk) {
  TestServer server;
  std::vector<std::thread> senders;
  std::vector<int> statuses(32);
  for (int i = 0; i < 32; ++i) {
    senders.emplace_back([&, i] {
      const std::string body =
          i % 4 == 0 ? "{" : Payload(1, "pod" + std::to_string(i));
      statuses[static_cast<std::size_t>(i)] = StatusOf(Post(server, body));
    });
  }
  for (std::thread& sender : senders) sender.join();
  for (int i = 0; i < 32; ++i) {
    EXPECT_EQ(statuses[static_cast<std::size_t>(i)], i % 4 == 0 ? 400 : 200);
  }
  EXPECT_EQ(server.store.size(), 24u);
}

TEST(Webhook, AFullQueueIs503) {
  TestServer::Options options;
  options.limits.workers = 1;
  options.limits.queue = 1;
  options.limits.patience = std::chrono::hours(1);
  TestServer server(std::move(options));
  std::mutex mutex;
  std::condition_variable changed;
  bool inside = false;
  bool open = false;
  server.store.before_append = [&] {
    std::unique_lock lock(mutex);
    inside = true;
    changed.notify_all();
    changed.wait(lock, [&] { return open; });
  };
  const std::string request =
      Request("POST", "/api/v1/alerts", TestServer::kWebhookToken, Payload(1));
  RawClient working(server.port());
  working.Send(request);
  {
    std::unique_lock lock(mutex);
    changed.wait(lock, [&] { return inside; });
  }
  // One more waits in the queue; of the next two at least one finds it full.
  RawClient second(server.port());
  RawClient third(server.port());
  second.Send(request);
  third.Send(request);
  while (server.observer.answers(503) == 0) std::this_thread::yield();
  {
    const std::lock_guard lock(mutex);
    open = true;
  }
  changed.notify_all();
  std::vector<int> statuses = {StatusOf(working.ReadAnswer()),
                               StatusOf(second.ReadAnswer()),
                               StatusOf(third.ReadAnswer())};
  std::sort(statuses.begin(), statuses.end());
  EXPECT_EQ(statuses, (std::vector<int>{200, 200, 503}));
}

TEST(Webhook, StopFinishesWhatIsBeingWorkedOn) {
  TestServer server;
  std::mutex mutex;
  std::condition_variable changed;
  bool inside = false;
  bool open = false;
  server.store.before_append = [&] {
    std::unique_lock lock(mutex);
    inside = true;
    changed.notify_all();
    changed.wait(lock, [&] { return open; });
  };
  RawClient client(server.port());
  RawClient idle(server.port());
  client.Send(
      Request("POST", "/api/v1/alerts", TestServer::kWebhookToken, Payload(1)));
  {
    std::unique_lock lock(mutex);
    changed.wait(lock, [&] { return inside; });
  }
  std::thread stopper([&] { server.Stop(); });
  EXPECT_TRUE(idle.ClosedWithin(std::chrono::seconds(10)));
  {
    const std::lock_guard lock(mutex);
    open = true;
  }
  changed.notify_all();
  EXPECT_EQ(StatusOf(client.ReadAll()), 200);
  stopper.join();
  EXPECT_FALSE(RawClient(server.port()).connected());
}

TEST(ListAlerts, PagesAndFilters) {
  TestServer server;
  Post(server, Payload(5));
  const json first = json::parse(BodyOf(Get(server, "/api/v1/alerts?limit=2")));
  ASSERT_EQ(first.at("items").size(), 2u);
  EXPECT_EQ(first.at("items")[0].at("alertname"), "Test");
  EXPECT_EQ(first.at("items")[0].at("status"), "firing");
  EXPECT_EQ(first.at("items")[0].at("starts_at"), "2026-11-25T12:00:00.000Z");
  EXPECT_EQ(first.at("items")[0].at("incident"), nullptr);
  const json second =
      json::parse(BodyOf(Get(server, "/api/v1/alerts?limit=500&cursor=" +
                                         first.at("next").get<std::string>())));
  EXPECT_EQ(second.at("items").size(), 3u);
  EXPECT_EQ(second.at("next"), nullptr);
  const std::string fingerprint = first.at("items")[1].at("fingerprint");
  const json one = json::parse(
      BodyOf(Get(server, "/api/v1/alerts?fingerprint=" + fingerprint)));
  ASSERT_EQ(one.at("items").size(), 1u);
  EXPECT_EQ(one.at("items")[0].at("fingerprint"), fingerprint);
  const json none = json::parse(
      BodyOf(Get(server, "/api/v1/alerts?since=2200-01-01T00:00:00%2B00:00")));
  EXPECT_EQ(none.at("items").size(), 0u);
}

TEST(ListAlerts, RefusesMalformedParameters) {
  TestServer server;
  for (const char* query :
       {"limit=0", "limit=501", "limit=x", "limit=-1", "since=yesterday",
        "cursor=x", "cursor=0", "cursor=1&cursor=2", "fingerprint=%00"}) {
    EXPECT_EQ(StatusOf(Get(server, std::string("/api/v1/alerts?") + query)),
              400)
        << query;
  }
  EXPECT_EQ(StatusOf(Get(server, "/api/v1/alerts?limit=&cursor=&x=y")), 200);
}

}  // namespace
}  // namespace selfheal::testing
