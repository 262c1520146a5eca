#include "adapters/slack/socket_stream.h"

#include <boost/asio/connect.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/ssl.hpp>
#include <boost/beast/websocket.hpp>
#include <boost/beast/websocket/ssl.hpp>
#include <chrono>
#include <utility>
#include <vector>

#include "adapters/http/address_policy.h"
#include "adapters/http/url.h"

namespace selfheal::slack {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace websocket = beast::websocket;
using asio::awaitable;
using asio::redirect_error;
using asio::use_awaitable;
using asio::ip::tcp;
using ErrorCode = SocketStream::ErrorCode;

constexpr std::chrono::seconds kConnect{10};
/// Half of it after the last byte we ask, at its end we give up.
constexpr std::chrono::seconds kIdle{30};
constexpr std::size_t kMaxMessage = std::size_t{1} << 20;

template <typename Next>
class Stream final : public SocketStream {
 public:
  template <typename... Arguments>
  explicit Stream(Arguments&&... arguments)
      : socket_(std::forward<Arguments>(arguments)...) {}

  websocket::stream<Next>& socket() { return socket_; }

  awaitable<std::string> Read(ErrorCode& error) override {
    beast::flat_buffer buffer;
    co_await socket_.async_read(buffer, redirect_error(use_awaitable, error));
    if (error) co_return "";
    co_return beast::buffers_to_string(buffer.data());
  }
  awaitable<void> Write(const std::string& text, ErrorCode& error) override {
    co_await socket_.async_write(asio::buffer(text),
                                 redirect_error(use_awaitable, error));
  }
  void Drop() override { beast::get_lowest_layer(socket_).close(); }

 private:
  websocket::stream<Next> socket_;
};

using Plain = Stream<beast::tcp_stream>;
using Secure = Stream<beast::ssl_stream<beast::tcp_stream>>;

/// The addresses of `url` to which a connection may go.
awaitable<std::vector<tcp::endpoint>> Resolve(asio::io_context& io,
                                              const SocketUrl& url, bool local,
                                              ErrorCode& error) {
  tcp::resolver resolver(io);
  const auto found = co_await resolver.async_resolve(
      url.host, url.port, redirect_error(use_awaitable, error));
  std::vector<tcp::endpoint> allowed;
  if (error) co_return allowed;
  for (const auto& entry : found) {
    const tcp::endpoint endpoint = entry.endpoint();
    if (http::AddressAllowed(*endpoint.data(), local)) {
      allowed.push_back(endpoint);
    }
  }
  if (allowed.empty()) error = asio::error::access_denied;
  co_return allowed;
}

template <typename Next>
awaitable<void> Upgrade(Stream<Next>& stream, const SocketUrl& url,
                        ErrorCode& error) {
  auto& socket = stream.socket();
  beast::get_lowest_layer(socket).expires_never();
  websocket::stream_base::timeout timeout{};
  timeout.handshake_timeout = kConnect;
  timeout.idle_timeout = kIdle;
  timeout.keep_alive_pings = true;
  socket.set_option(timeout);
  socket.read_message_max(kMaxMessage);
  co_await socket.async_handshake(url.host, url.target,
                                  redirect_error(use_awaitable, error));
}

/// Proves that the other side is `host`.
awaitable<void> Prove(Secure& stream, const std::string& host,
                      ErrorCode& error) {
  auto& tls = stream.socket().next_layer();
  if (SSL_set_tlsext_host_name(tls.native_handle(), host.c_str()) != 1) {
    error = asio::error::invalid_argument;
    co_return;
  }
  tls.set_verify_mode(asio::ssl::verify_peer);
  tls.set_verify_callback(asio::ssl::host_name_verification(host));
  co_await tls.async_handshake(asio::ssl::stream_base::client,
                               redirect_error(use_awaitable, error));
}

asio::ssl::context& TlsContext() {
  static asio::ssl::context context = [] {
    asio::ssl::context made(asio::ssl::context::tls_client);
    made.set_default_verify_paths();
    SSL_CTX_set_min_proto_version(made.native_handle(), TLS1_2_VERSION);
    return made;
  }();
  return context;
}

template <typename Next>
awaitable<void> ConnectTcp(Stream<Next>& stream,
                           const std::vector<tcp::endpoint>& endpoints,
                           ErrorCode& error) {
  auto& lowest = beast::get_lowest_layer(stream.socket());
  lowest.expires_after(kConnect);
  co_await lowest.async_connect(endpoints,
                                redirect_error(use_awaitable, error));
}

}  // namespace

Result<SocketUrl> ParseSocketUrl(const std::string& url, bool local) {
  SocketUrl out;
  out.tls = url.starts_with("wss://");
  const std::size_t from = url.find("://");
  if (!out.tls && !(local && url.starts_with("ws://"))) {
    return Error{Code::kInvalidArgument, "expected a wss:// URL"};
  }
  const std::size_t slash = std::min(url.find('/', from + 3), url.size());
  const auto base = http::ParseBaseUrl((out.tls ? "https" : "http") +
                                       url.substr(from, slash - from));
  if (!base.ok()) return base.error();
  out.host = base->host;
  out.port = base->port;
  out.target = slash < url.size() ? url.substr(slash) : "/";
  return out;
}

awaitable<std::unique_ptr<SocketStream>> Connect(asio::io_context& io,
                                                 SocketUrl url, bool local,
                                                 ErrorCode& error) {
  const auto endpoints = co_await Resolve(io, url, local, error);
  if (error) co_return nullptr;
  if (!url.tls) {
    auto stream = std::make_unique<Plain>(io);
    co_await ConnectTcp(*stream, endpoints, error);
    if (!error) co_await Upgrade(*stream, url, error);
    if (error) co_return nullptr;
    co_return stream;
  }
  auto stream = std::make_unique<Secure>(io, TlsContext());
  co_await ConnectTcp(*stream, endpoints, error);
  if (!error) co_await Prove(*stream, url.host, error);
  if (!error) co_await Upgrade(*stream, url, error);
  if (error) co_return nullptr;
  co_return stream;
}

}  // namespace selfheal::slack
