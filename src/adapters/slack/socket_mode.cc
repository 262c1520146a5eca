#include "adapters/slack/socket_mode.h"

#include <algorithm>
#include <random>
#include <string>
#include <thread>
#include <utility>

#include "adapters/slack/answer.h"
#include "adapters/slack/message.h"
#include "adapters/slack/socket_stream.h"
#include "codec/field_reader.h"

namespace selfheal::slack {
namespace {

namespace asio = boost::asio;
using asio::awaitable;
using asio::redirect_error;
using asio::use_awaitable;
using nlohmann::json;
using ErrorCode = SocketStream::ErrorCode;

/// From half to the whole of `time`.
Duration Jittered(Duration time) {
  static std::mt19937_64 random{std::random_device{}()};
  std::uniform_int_distribution<Duration::rep> some(time.count() / 2,
                                                    time.count());
  return Duration(some(random));
}

}  // namespace

/// What the thread works with.
class SocketMode::Connection {
 public:
  Connection(Ports ports, Options options)
      : ports_(ports),
        options_(options),
        replace_(io_),
        back_off_(options.back_off) {}

  void Start();
  void Stop();

 private:
  using Stream = std::shared_ptr<SocketStream>;

  awaitable<void> Keep();
  awaitable<void> UntilWanted();
  awaitable<Stream> Open();
  awaitable<void> Serve(Stream stream);
  awaitable<void> Rest(Duration time);
  /// False where the connection is to be replaced.
  awaitable<bool> Hear(Stream stream, std::string text);
  bool Take(const json& envelope);
  void Ended(const Stream& stream);
  void Wanted();

  const Ports ports_;
  const Options options_;
  asio::io_context io_;
  // Of the thread alone, below.
  asio::steady_timer replace_;  ///< Cancelled = a new one is wanted.
  Stream current_;
  bool wanted_ = false;
  bool refresh_ = false;  ///< Slack itself wants it replaced, at once.
  Duration back_off_;
  std::thread thread_;
};

SocketMode::SocketMode(Ports ports, Options options)
    : connection_(std::make_unique<Connection>(ports, options)) {}

SocketMode::~SocketMode() { Stop(); }

void SocketMode::Start() { connection_->Start(); }

void SocketMode::Stop() { connection_->Stop(); }

void SocketMode::Connection::Start() {
  asio::co_spawn(io_, Keep(), asio::detached);
  thread_ = std::thread([this] { io_.run(); });
}

void SocketMode::Connection::Stop() {
  io_.stop();
  if (thread_.joinable()) thread_.join();
}

void SocketMode::Connection::Wanted() {
  wanted_ = true;
  replace_.cancel();
}

/// One connection at a time, but for the moment in which a new one takes over.
awaitable<void> SocketMode::Connection::Keep() {
  while (true) {
    refresh_ = false;
    if (Stream fresh = co_await Open()) {
      if (current_) current_->Drop();
      current_ = fresh;
      wanted_ = false;
      asio::co_spawn(io_, Serve(fresh), asio::detached);
      co_await UntilWanted();
    }
    if (refresh_) continue;
    if (current_) std::exchange(current_, nullptr)->Drop();
    co_await Rest(Jittered(back_off_));
    back_off_ = std::min(back_off_ * 2, options_.max_back_off);
  }
}

awaitable<void> SocketMode::Connection::UntilWanted() {
  while (!wanted_) {
    ErrorCode ignored;
    replace_.expires_at(asio::steady_timer::time_point::max());
    co_await replace_.async_wait(redirect_error(use_awaitable, ignored));
  }
}

awaitable<void> SocketMode::Connection::Rest(Duration time) {
  asio::steady_timer timer(io_, time);
  ErrorCode ignored;
  co_await timer.async_wait(redirect_error(use_awaitable, ignored));
}

awaitable<SocketMode::Connection::Stream> SocketMode::Connection::Open() {
  const ApiAnswer answer = ports_.api.Call("apps.connections.open", {});
  if (const auto* failed = std::get_if<ApiError>(&answer)) {
    ports_.log.Error("Slack opens no socket", {{"reason", failed->code}});
    if (failed->kind == ApiError::Kind::kLimited) {
      co_await Rest(failed->retry_after);
    }
    co_return nullptr;
  }
  std::optional<Error> error;
  const FieldReader fields(std::get<json>(answer), error);
  const auto url = ParseSocketUrl(fields.Required("url"), options_.local);
  if (!url.ok()) {
    ports_.log.Error("Slack opens no socket",
                     {{"reason", url.error().message}});
    co_return nullptr;
  }
  ErrorCode failure;
  auto stream = co_await Connect(io_, *url, options_.local, failure);
  if (!stream) {
    ports_.log.Error("Slack's socket is not reached",
                     {{"reason", failure.message()}});
  }
  co_return Stream(std::move(stream));
}

awaitable<void> SocketMode::Connection::Serve(Stream stream) {
  while (true) {
    ErrorCode error;
    std::string text = co_await stream->Read(error);
    if (error) break;
    const bool stays = co_await Hear(stream, std::move(text));
    // Until the new one is there, this one is heard further.
    if (!stays && stream == current_) Wanted();
  }
  Ended(stream);
}

void SocketMode::Connection::Ended(const Stream& stream) {
  if (stream != current_) return;
  current_.reset();
  ports_.log.Warn("Slack's socket ended");
  Wanted();
}

awaitable<bool> SocketMode::Connection::Hear(Stream stream, std::string text) {
  const auto parsed = ParsePayload(text);
  if (!parsed.ok()) co_return true;
  std::optional<Error> error;
  const FieldReader fields(*parsed, error);
  const std::string type = fields.String("type");
  if (type == "hello") {
    back_off_ = options_.back_off;
    ports_.log.Info("Slack's socket is open");
    ports_.desk.ReadAgain();
  }
  if (type == "disconnect") {
    const std::string reason = fields.String("reason");
    refresh_ = reason == "warning" || reason == "refresh_requested";
    ports_.log.Warn("Slack ends the socket", {{"reason", reason}});
    co_return false;
  }
  const std::string id = fields.String("envelope_id");
  if (id.empty() || !Take(*parsed)) co_return true;
  const json reply = {{"envelope_id", id}};
  const std::string bytes = Dumped(reply);
  ErrorCode ignored;  // Who does not get it sends the envelope again.
  co_await stream->Write(bytes, ignored);
  co_return true;
}

/// False where it has to come again.
bool SocketMode::Connection::Take(const json& envelope) {
  std::optional<Error> error;
  const std::string type = FieldReader(envelope, error).String("type");
  const auto payload = envelope.find("payload");
  const bool event = type == "events_api";
  if ((!event && type != "interactive") || payload == envelope.end() ||
      !payload->is_object()) {
    return true;
  }
  const Result<Heard> heard =
      event ? ReadEvent(*payload) : ReadInteraction(*payload);
  if (!heard.ok()) {
    ports_.log.Warn("Slack sent what we can't read",
                    {{"reason", heard.error().message}});
    return true;
  }
  return ports_.desk.Take(*heard).ok();
}

}  // namespace selfheal::slack
