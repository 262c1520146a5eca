#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

namespace selfheal {

/// Bounds of the HTTP surface. Leave the defaults alone outside tests; the
/// fields that people may set come from `limits` of the configuration.
struct HttpLimits {
  /// Bytes of request line and header fields together.
  std::size_t head_bytes = 16 << 10;
  /// Bytes of the request target.
  std::size_t target_bytes = 8 << 10;
  std::size_t header_fields = 64;
  /// Bytes of bodies that are being collected or worked on, all connections
  /// together; beyond it a request is answered 503.
  std::size_t buffered_bytes = 96 << 20;

  std::size_t connections = 512;
  std::size_t connections_per_ip = 32;
  /// Connections that only `reserved_peers` may use.
  std::size_t reserved_connections = 16;
  std::vector<std::string> reserved_peers;

  /// From accept, or the first byte on a kept connection, to the empty line;
  /// a TLS handshake counts in.
  std::chrono::milliseconds head_deadline{5000};
  /// From the empty line to the last byte of the body.
  std::chrono::milliseconds body_deadline{10000};
  /// From the first byte of an answer to its last.
  std::chrono::milliseconds write_deadline{10000};
  /// How long a kept connection may stay silent.
  std::chrono::milliseconds idle_deadline{75000};
  /// How long, and how many bytes, are read and dropped before a close that
  /// follows an answer to an unread request.
  std::chrono::milliseconds drain_deadline{1000};
  std::size_t drain_bytes = 1 << 20;
  /// How long Stop waits for requests that are being worked on.
  std::chrono::milliseconds stop_deadline{15000};

  /// Threads that work on requests. Webhooks are taken in bulks, so few are
  /// enough however many connections wait for a commit.
  std::size_t workers = 8;
  /// Complete requests that wait for a worker.
  std::size_t queue = 512;
  /// How long a webhook may wait for others before it is taken in any case.
  std::chrono::milliseconds gather{50};
  /// How long a webhook may wait for a worker. With the patience of the store
  /// (sql::WriterLimits::wait) it is answered within a second in any case.
  std::chrono::milliseconds patience{150};
};

}  // namespace selfheal
