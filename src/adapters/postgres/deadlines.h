#pragma once

#include <chrono>
#include <map>
#include <thread>

#include "core/mutex.h"

namespace selfheal::postgres {

/// A second number of a socket, which stays its own until this goes away.
class OwnSocket {
 public:
  explicit OwnSocket(int socket);
  ~OwnSocket();
  OwnSocket(const OwnSocket&) = delete;
  OwnSocket& operator=(const OwnSocket&) = delete;

  int number() const { return number_; }
  void ShutDown() const;

 private:
  const int number_;
};

/// Cuts connections whose server does not answer: libpq waits for ever on a
/// peer that is reachable and says nothing. One thread. Thread-safe.
class Deadlines {
 public:
  using Moment = std::chrono::steady_clock::time_point;

  Deadlines();
  ~Deadlines();
  Deadlines(const Deadlines&) = delete;
  Deadlines& operator=(const Deadlines&) = delete;

  /// While it lives, `socket` is shut down at `until`.
  class Guard {
   public:
    Guard(Deadlines& deadlines, const OwnSocket& socket, Moment until);
    ~Guard();
    Guard(const Guard&) = delete;
    Guard& operator=(const Guard&) = delete;

   private:
    Deadlines& deadlines_;
    const int socket_;
  };

 private:
  void Run(const std::stop_token& stop);
  /// Shuts down what is due; returns when the next one is.
  Moment CutDue() REQUIRES(mutex_);

  Mutex mutex_;
  CondVar changed_;
  /// By the number of an OwnSocket, which somebody waits for.
  std::map<int, Moment> waiting_ GUARDED_BY(mutex_);
  std::jthread thread_;
};

}  // namespace selfheal::postgres
