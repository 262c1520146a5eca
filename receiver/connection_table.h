#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <unordered_map>

#include "receiver/connection.h"
#include "receiver/http_limits.h"

namespace selfheal {

/// The connections of a server and the rules of who may have one.
///
/// Not thread-safe: belongs to the poll thread.
class ConnectionTable {
 public:
  /// @param limits  outlives the table.
  explicit ConnectionTable(const HttpLimits& limits) : limits_(limits) {}

  /// Whether a connection from some peer may come in.
  struct Verdict {
    bool admitted = false;
    /// Must be closed first; null: nobody.
    Connection* evict = nullptr;
  };

  /// Over the cap of one address, its oldest connection without a complete
  /// request goes; over the cap of all, the oldest such of anybody who holds no
  /// reserved slot. Where nobody can go, the newcomer may not come in.
  Verdict Judge(const std::string& peer) const;

  bool IsReserved(const std::string& peer) const;

  /// Takes over `connection`, whose fd and peer are set.
  Connection& Add(std::unique_ptr<Connection> connection);

  /// Forgets the connection; its fd is the caller's.
  void Remove(const Connection& connection);

  /// Null: no such descriptor.
  Connection* Find(int fd) const;

  std::size_t size() const { return by_fd_.size(); }

  /// Calls `visit` with each; it must not add or remove.
  void ForEach(const std::function<void(Connection&)>& visit) const;

 private:
  Connection* Oldest(const std::function<bool(const Connection&)>& mine) const;

  const HttpLimits& limits_;
  std::unordered_map<int, std::unique_ptr<Connection>> by_fd_;
  std::unordered_map<std::string, std::size_t> by_peer_;
  std::size_t reserved_ = 0;
};

}  // namespace selfheal
