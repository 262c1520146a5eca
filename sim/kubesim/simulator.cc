#include "sim/kubesim/simulator.h"

#include <stdexcept>

#include "sim/kubesim/simulator_impl.h"

namespace kubesim {
namespace {

constexpr std::chrono::milliseconds kTick{50};
constexpr int kThreads = 24;
constexpr std::chrono::seconds kSettle{60};

TimePoint RealNow() {
  return std::chrono::time_point_cast<Duration>(
      std::chrono::system_clock::now());
}

TimePoint StartOf(const Options& options) {
  const TimePoint start = options.real_time ? RealNow() : options.start;
  return start - options.age;
}

}  // namespace

Simulator::Impl::Impl(Options options)
    : options_(std::move(options)),
      world_(options_.seed, options_.speed, StartOf(options_)) {
  for (const std::string& group : options_.without) world_.api().Lack(group);
  if (!options_.shop) return;
  world_.AddShop();
  const TimePoint now = StartOf(options_) + options_.age;
  if (options_.age > kSettle) {
    world_.AdvanceTo(StartOf(options_) + kSettle);
    world_.JumpTo(now);
  }
}

Simulator::Impl::~Impl() { Stop(); }

void Simulator::Impl::Start() {
  server_.new_task_queue = [] { return new httplib::ThreadPool(kThreads); };
  server_.set_tcp_nodelay(true);
  server_.set_keep_alive_timeout(2);
  // Every request goes this way, so that one DELETE without a length does not
  // wait for a body that never comes.
  server_.set_pre_routing_handler(
      [this](const httplib::Request& request, httplib::Response& response) {
        const bool has_body = request.has_header("Content-Length") ||
                              request.has_header("Transfer-Encoding");
        if (has_body) return httplib::Server::HandlerResponse::Unhandled;
        Serve(request, response);
        return httplib::Server::HandlerResponse::Handled;
      });
  const auto serve = [this](const httplib::Request& request,
                            httplib::Response& response) {
    Serve(request, response);
  };
  server_.Get(".*", serve);
  server_.Post(".*", serve);
  server_.Put(".*", serve);
  server_.Patch(".*", serve);
  server_.Delete(".*", serve);
  if (options_.port == 0) {
    port_ = server_.bind_to_any_port(options_.host);
  } else if (server_.bind_to_port(options_.host, options_.port)) {
    port_ = options_.port;
  }
  if (port_ <= 0) throw std::runtime_error("kubesim: the port is taken");
  listener_ = std::thread([this] { server_.listen_after_bind(); });
  while (!server_.is_running()) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  if (options_.real_time) {
    ticker_ = std::jthread([this](const std::stop_token& stop) { Tick(stop); });
  }
}

void Simulator::Impl::Stop() {
  if (ticker_.joinable()) {
    ticker_.request_stop();
    ticked_.notify_all();
    ticker_.join();
  }
  if (listener_.joinable()) {
    server_.stop();
    listener_.join();
  }
}

void Simulator::Impl::Follow() {
  if (options_.real_time) world_.AdvanceTo(RealNow());
}

void Simulator::Impl::Tick(const std::stop_token& stop) {
  std::unique_lock<std::mutex> lock(mutex_);
  while (!stop.stop_requested()) {
    Follow();
    ticked_.wait_for(lock, stop, kTick, [] { return false; });
  }
}

Simulator::Simulator(Options options)
    : impl_(std::make_unique<Impl>(std::move(options))) {}
Simulator::~Simulator() = default;

void Simulator::Start() { impl_->Start(); }
void Simulator::Stop() { impl_->Stop(); }
int Simulator::port() const { return impl_->port(); }

std::string Simulator::url() const {
  return "http://" + impl_->options().host + ":" + std::to_string(port());
}

std::string Simulator::Kubeconfig() const {
  return "apiVersion: v1\n"
         "kind: Config\n"
         "current-context: kubesim\n"
         "clusters:\n"
         "- name: kubesim\n"
         "  cluster:\n"
         "    server: " +
         url() +
         "\n"
         "users:\n"
         "- name: kubesim\n"
         "  user:\n"
         "    token: \"" +
         impl_->options().token +
         "\"\n"
         "contexts:\n"
         "- name: kubesim\n"
         "  context:\n"
         "    cluster: kubesim\n"
         "    user: kubesim\n";
}

TimePoint Simulator::Now() const {
  return impl_->With([](World& world) { return world.now(); });
}

void Simulator::Advance(Duration duration) {
  impl_->With([&](World& world) { world.AdvanceTo(world.now() + duration); });
}

void Simulator::Apply(const Json& object) {
  impl_->With([&](World& world) { world.Apply(object); });
}

Json Simulator::Get(const std::string& plural, const std::string& name_space,
                    const std::string& name) const {
  return impl_->With([&](World& world) {
    const Json* object = world.store().Find(Named(plural), name_space, name);
    return object == nullptr ? Json(nullptr) : *object;
  });
}

std::vector<Json> Simulator::List(const std::string& plural,
                                  const std::string& name_space) const {
  return impl_->With([&](World& world) {
    std::vector<Json> objects;
    for (const auto& [key, object] : world.store().All(Named(plural))) {
      if (name_space.empty() || key.first == name_space) {
        objects.push_back(object);
      }
    }
    return objects;
  });
}

int Simulator::Inject(const std::string& workload, const Json& settings,
                      bool persist, int most_pods) {
  return impl_->With([&](World& world) {
    return world.kubelet().Inject(workload, settings, persist, most_pods);
  });
}

void Simulator::SetNodeCondition(const std::string& node,
                                 const std::string& type,
                                 const std::string& status) {
  impl_->With(
      [&](World& world) { world.SetNodeCondition(node, type, status); });
}

void Simulator::AddFault(Fault fault) {
  impl_->WithLog(
      [&](RequestLog&, Faults& faults) { faults.Add(std::move(fault)); });
}

void Simulator::ClearFaults() {
  impl_->WithLog([](RequestLog&, Faults& faults) { faults.Clear(); });
}

RequestLog Simulator::Log() const {
  return impl_->WithLog([](RequestLog& log, Faults&) { return log; });
}

void Simulator::ClearLog() {
  impl_->WithLog([](RequestLog& log, Faults&) { log.clear(); });
}

std::string Simulator::Metrics() const {
  return impl_->With(
      [](World& world) { return world.Metrics(world.now(), {}).Text(); });
}

void Simulator::WriteHistory(const Past& past, std::ostream& out) const {
  impl_->With([&](World& world) { world.WriteHistory(past, out); });
}

}  // namespace kubesim
