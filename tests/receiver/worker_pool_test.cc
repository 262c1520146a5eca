#include "receiver/worker_pool.h"

#include <gtest/gtest.h>

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace selfheal {
namespace {

/// Answers every request; bulks wait until they are let go.
class SlowHandler final : public RequestHandler {
 public:
  std::variant<Admission, HttpResponse> Admit(const RequestHead&) override {
    return Admission{};
  }
  HttpResponse Handle(const HttpRequest&) override { return {}; }
  bool InBulk(const HttpRequest& request) const override {
    return request.head.path == "/bulk";
  }
  std::vector<HttpResponse> HandleBulk(
      std::span<const HttpRequest* const> requests) override {
    std::unique_lock lock(mutex_);
    sizes_.push_back(requests.size());
    changed_.notify_all();
    changed_.wait(lock, [this] { return open_; });
    return std::vector<HttpResponse>(requests.size());
  }
  void Answered(const RequestHead*, int status) override {
    const std::lock_guard lock(mutex_);
    statuses_.push_back(status);
    changed_.notify_all();
  }

  void Open() {
    const std::lock_guard lock(mutex_);
    open_ = true;
    changed_.notify_all();
  }
  std::vector<std::size_t> AwaitBulks(std::size_t count) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return sizes_.size() >= count; });
    return sizes_;
  }
  std::vector<int> AwaitAnswers(std::size_t count) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return statuses_.size() >= count; });
    return statuses_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool open_ = false;
  std::vector<std::size_t> sizes_;
  std::vector<int> statuses_;
};

const auto kNobodyWaits = [](std::span<Connection* const>) {};

class Pool : public ::testing::Test {
 protected:
  Connection& Complete(const std::string& path) {
    connections_.push_back(std::make_unique<Connection>(limits_));
    Connection& connection = *connections_.back();
    const std::string text = "GET " + path + " HTTP/1.1\r\nHost: a\r\n\r\n";
    std::string_view bytes = text;
    connection.gate->Feed(bytes);
    connection.gate->Admit(Admission{});
    return connection;
  }

  static bool Submit(WorkerPool& pool, Connection& connection) {
    const bool taken = pool.Submit(connection);
    pool.Flush();
    return taken;
  }

  HttpLimits limits_;
  SlowHandler handler_;
  std::vector<std::unique_ptr<Connection>> connections_;
};

TEST_F(Pool, WhatGathersBehindTwoBulksIsTakenTogether) {
  limits_.gather = std::chrono::hours(1);
  limits_.patience = std::chrono::hours(1);
  WorkerPool pool(limits_, handler_, kNobodyWaits);
  EXPECT_TRUE(Submit(pool, Complete("/bulk")));
  handler_.AwaitBulks(1);
  EXPECT_TRUE(Submit(pool, Complete("/bulk")));
  handler_.AwaitBulks(2);
  for (int i = 0; i < 14; ++i) EXPECT_TRUE(Submit(pool, Complete("/bulk")));
  handler_.Open();
  EXPECT_EQ(handler_.AwaitBulks(3), (std::vector<std::size_t>{1, 1, 14}));
  handler_.AwaitAnswers(16);
  pool.Stop();
}

TEST_F(Pool, TheSubmissionsOfOneTurnAreOneBulk) {
  limits_.patience = std::chrono::hours(1);
  std::vector<std::size_t> given_back;
  WorkerPool pool(limits_, handler_, [&](std::span<Connection* const> all) {
    given_back.push_back(all.size());
  });
  for (int i = 0; i < 5; ++i) EXPECT_TRUE(pool.Submit(Complete("/bulk")));
  pool.Flush();
  EXPECT_EQ(handler_.AwaitBulks(1), (std::vector<std::size_t>{5}));
  handler_.Open();
  handler_.AwaitAnswers(5);
  pool.Stop();
  EXPECT_EQ(given_back, (std::vector<std::size_t>{5}));
}

TEST_F(Pool, WhatFoundNoWorkerInTimeIsAnswered503) {
  limits_.workers = 1;
  limits_.patience = std::chrono::hours(1);
  WorkerPool pool(limits_, handler_, kNobodyWaits);
  EXPECT_TRUE(Submit(pool, Complete("/bulk")));
  handler_.AwaitBulks(1);
  limits_.patience = std::chrono::milliseconds(1);
  EXPECT_TRUE(Submit(pool, Complete("/bulk")));
  const auto late = std::chrono::steady_clock::now() + 2 * limits_.patience;
  while (std::chrono::steady_clock::now() < late) std::this_thread::yield();
  handler_.Open();
  EXPECT_EQ(handler_.AwaitAnswers(2), (std::vector<int>{200, 503}));
  EXPECT_EQ(handler_.AwaitBulks(1).size(), 1u) << "the handler saw it";
  pool.Stop();
}

TEST_F(Pool, ABulkThatHangsHoldsNobodyUp) {
  limits_.gather = std::chrono::milliseconds(1);
  limits_.patience = std::chrono::hours(1);
  WorkerPool pool(limits_, handler_, kNobodyWaits);
  for (std::size_t i = 1; i <= 5; ++i) {
    EXPECT_TRUE(Submit(pool, Complete("/bulk")));
    EXPECT_EQ(handler_.AwaitBulks(i).size(), i);
  }
  // Nor does it hold up what waits for nothing.
  EXPECT_TRUE(Submit(pool, Complete("/other")));
  handler_.AwaitAnswers(1);
  handler_.Open();
  handler_.AwaitAnswers(6);
  pool.Stop();
}

TEST_F(Pool, RefusesWhatItsQueueCannotHold) {
  limits_.workers = 1;
  limits_.queue = 2;
  limits_.gather = std::chrono::hours(1);
  limits_.patience = std::chrono::hours(1);
  WorkerPool pool(limits_, handler_, kNobodyWaits);
  EXPECT_TRUE(Submit(pool, Complete("/bulk")));
  handler_.AwaitBulks(1);
  EXPECT_TRUE(Submit(pool, Complete("/bulk")));
  EXPECT_TRUE(Submit(pool, Complete("/other")));
  EXPECT_FALSE(Submit(pool, Complete("/bulk")));
  EXPECT_FALSE(Submit(pool, Complete("/other")));
  handler_.Open();
  handler_.AwaitAnswers(3);
  pool.Stop();
  EXPECT_FALSE(Submit(pool, Complete("/other")));
}

}  // namespace
}  // namespace selfheal
