#include "tests/adapters/slack/tls_socket_server.h"

#include <boost/beast/core.hpp>
#include <boost/beast/ssl.hpp>
#include <boost/beast/websocket.hpp>
#include <boost/beast/websocket/ssl.hpp>
#include <chrono>

namespace selfheal::slack {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
using asio::ip::tcp;
using ErrorCode = boost::system::error_code;

constexpr std::chrono::seconds kPatience{10};

}  // namespace

TlsSocketServer::TlsSocketServer(const testing::TestIdentity& identity,
                                 std::string envelope)
    : envelope_(std::move(envelope)),
      acceptor_(io_, tcp::endpoint(asio::ip::address_v4::loopback(), 0)),
      tls_(asio::ssl::context::tls_server) {
  tls_.use_certificate(asio::buffer(identity.cert_pem),
                       asio::ssl::context::pem);
  tls_.use_private_key(asio::buffer(identity.key_pem), asio::ssl::context::pem);
  thread_ = std::thread([this] { Run(); });
}

TlsSocketServer::~TlsSocketServer() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  tcp::socket last(io_);
  ErrorCode ignored;
  last.connect(acceptor_.local_endpoint(), ignored);
  last.close(ignored);
  thread_.join();
}

std::string TlsSocketServer::Answer() {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, kPatience, [this] { return !answers_.empty(); });
  return answers_.empty() ? "" : answers_.front();
}

bool TlsSocketServer::Refused(int count) {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, kPatience, [&] { return refused_ >= count; });
}

void TlsSocketServer::Run() {
  while (true) {
    tcp::socket socket(io_);
    ErrorCode error;
    acceptor_.accept(socket, error);
    {
      const std::lock_guard lock(mutex_);
      if (stopping_) return;
    }
    if (!error) Serve(std::move(socket));
  }
}

void TlsSocketServer::Serve(tcp::socket socket) {
  beast::websocket::stream<beast::ssl_stream<tcp::socket>> stream(
      std::move(socket), tls_);
  ErrorCode error;
  stream.next_layer().handshake(asio::ssl::stream_base::server, error);
  // With TLS 1.3 a client's refusal comes after our own last word.
  if (!error) stream.accept(error);
  if (error) {
    const std::lock_guard lock(mutex_);
    ++refused_;
    changed_.notify_all();
    return;
  }
  stream.write(asio::buffer(std::string(R"({"type":"hello"})")), error);
  stream.write(asio::buffer(envelope_), error);
  beast::flat_buffer buffer;
  while (!error) {
    stream.read(buffer, error);
    const std::lock_guard lock(mutex_);
    if (!error) answers_.push_back(beast::buffers_to_string(buffer.data()));
    changed_.notify_all();
    buffer.clear();
  }
}

}  // namespace selfheal::slack
