#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "core/result.h"

struct ssl_ctx_st;
struct ssl_st;

namespace selfheal {

/// Certificate and key of the listener: TLS 1.2 or 1.3, no renegotiation, no
/// compression. Thread-safe after creation.
class TlsContext {
 public:
  /// @error kInvalidArgument  a file cannot be read or the two do not match.
  static Result<std::shared_ptr<TlsContext>> Load(const std::string& cert_file,
                                                  const std::string& key_file);
  ~TlsContext();
  TlsContext(const TlsContext&) = delete;
  TlsContext& operator=(const TlsContext&) = delete;

  ssl_ctx_st* get() const { return context_; }

 private:
  explicit TlsContext(ssl_ctx_st* context) : context_(context) {}
  ssl_ctx_st* context_;
};

/// The server's end of one TLS connection, between two memory buffers; it
/// never touches a socket. Not thread-safe.
class TlsSession {
 public:
  explicit TlsSession(const TlsContext& context);
  ~TlsSession();
  TlsSession(const TlsSession&) = delete;
  TlsSession& operator=(const TlsSession&) = delete;

  /// Takes bytes that arrived on the wire.
  void Receive(std::string_view wire);

  /// How reading or a handshake went on.
  enum class State { kOk, kWantMore, kClosed, kFailed };

  /// Appends at most `max` bytes of clear text to `clear`.
  State Read(std::string& clear, std::size_t max);

  /// Encrypts `clear`. False: the session is broken.
  bool Write(std::string_view clear);

  /// Encrypts a close_notify.
  void Close();

  /// Moves what must go onto the wire behind `wire`.
  void Send(std::string& wire);

 private:
  ssl_st* ssl_;
};

}  // namespace selfheal
