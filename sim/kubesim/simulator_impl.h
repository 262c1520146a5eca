#pragma once

#include <httplib.h>

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "sim/kubesim/simulator.h"

namespace kubesim {

class Simulator::Impl {
 public:
  explicit Impl(Options options);
  ~Impl();

  void Start();
  void Stop();

  const Options& options() const { return options_; }
  int port() const { return port_; }

  /// Runs `work(world)` under the lock, after moving a real-time clock on.
  template <typename Work>
  auto With(Work work) {
    std::lock_guard<std::mutex> lock(mutex_);
    Follow();
    return work(world_);
  }

  template <typename Work>
  auto WithLog(Work work) {
    std::lock_guard<std::mutex> lock(mutex_);
    return work(log_, faults_);
  }

 private:
  void Serve(const httplib::Request& request, httplib::Response& response);
  void ServeApi(const httplib::Request& request, httplib::Response& response);
  void ServeControl(const httplib::Request& request,
                    httplib::Response& response);
  Json Control(const httplib::Request& request);
  Json LogJson();
  Json InjectJson(const Json& body);
  Json TimeJson(double advance);
  std::string HistoryText(const httplib::Request& request);
  bool Authorised(const httplib::Request& request) const;
  ApiResponse ApplyLogged(const ApiRequest& call, LoggedRequest entry,
                          const Fault& fault);
  void CloseConnection(const httplib::Request& request) const;
  void Follow();
  void Tick(const std::stop_token& stop);

  const Options options_;
  mutable std::mutex mutex_;
  std::condition_variable_any ticked_;
  World world_;       // guarded by mutex_
  RequestLog log_;    // guarded by mutex_
  Faults faults_;     // guarded by mutex_
  int sequence_ = 0;  // guarded by mutex_
  int port_ = 0;
  httplib::Server server_;
  std::thread listener_;
  std::jthread ticker_;
};

}  // namespace kubesim
