#pragma once

// clang-format off
// Boost 1.74 knows the coroutines of g++ alone, and lacks an include.
#if defined(__clang__) && !defined(BOOST_ASIO_HAS_CO_AWAIT)
#define BOOST_ASIO_HAS_CO_AWAIT 1
#endif
#include <utility>
// clang-format on

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/error_code.hpp>
#include <memory>
#include <string>

#include "core/result.h"

namespace selfheal::slack {

/// One WebSocket, over TLS or, to a loopback address, in the clear. Of one
/// thread.
class SocketStream {
 public:
  using ErrorCode = boost::system::error_code;

  virtual ~SocketStream() = default;
  /// The next text; empty with `error` set at the end. A peer that is silent
  /// for long is asked, and is an end where it does not answer.
  virtual boost::asio::awaitable<std::string> Read(ErrorCode& error) = 0;
  virtual boost::asio::awaitable<void> Write(const std::string& text,
                                             ErrorCode& error) = 0;
  /// Ends Read at once.
  virtual void Drop() = 0;
};

/// Where a WebSocket's URL leads.
struct SocketUrl {
  bool tls = true;
  std::string host;
  std::string port;
  std::string target;
};

/// @param local  true: also ws:// and loopback addresses.
/// @error kInvalidArgument  which does not repeat the URL: it is a secret.
Result<SocketUrl> ParseSocketUrl(const std::string& url, bool local);

/// Connects; null with `error` set where that fails.
boost::asio::awaitable<std::unique_ptr<SocketStream>> Connect(
    boost::asio::io_context& io, SocketUrl url, bool local,
    SocketStream::ErrorCode& error);

}  // namespace selfheal::slack
