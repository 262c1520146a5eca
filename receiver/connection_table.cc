#include "receiver/connection_table.h"

#include <algorithm>
#include <utility>

namespace selfheal {

bool ConnectionTable::IsReserved(const std::string& peer) const {
  return std::find(limits_.reserved_peers.begin(), limits_.reserved_peers.end(),
                   peer) != limits_.reserved_peers.end();
}

Connection* ConnectionTable::Oldest(
    const std::function<bool(const Connection&)>& mine) const {
  Connection* oldest = nullptr;
  for (const auto& [fd, connection] : by_fd_) {
    if (!connection->evictable() || !mine(*connection)) continue;
    if (oldest == nullptr || connection->since < oldest->since) {
      oldest = connection.get();
    }
  }
  return oldest;
}

ConnectionTable::Verdict ConnectionTable::Judge(const std::string& peer) const {
  const bool reserved = IsReserved(peer);
  const auto found = by_peer_.find(peer);
  if (!reserved && found != by_peer_.end() &&
      found->second >= limits_.connections_per_ip) {
    Connection* const own =
        Oldest([&](const Connection& other) { return other.peer == peer; });
    return {own != nullptr, own};
  }
  const std::size_t held_back =
      limits_.reserved_peers.empty()
          ? 0
          : std::min(limits_.reserved_connections, limits_.connections);
  const bool full = reserved
                        ? size() >= limits_.connections
                        : size() - reserved_ >= limits_.connections - held_back;
  if (!full && size() < limits_.connections) return {true, nullptr};
  Connection* const other =
      Oldest([](const Connection& one) { return !one.reserved; });
  return {other != nullptr, other};
}

Connection& ConnectionTable::Add(std::unique_ptr<Connection> connection) {
  Connection& added = *connection;
  added.reserved = IsReserved(added.peer);
  if (added.reserved) ++reserved_;
  ++by_peer_[added.peer];
  by_fd_[added.fd] = std::move(connection);
  return added;
}

void ConnectionTable::Remove(const Connection& connection) {
  if (connection.reserved) --reserved_;
  const auto found = by_peer_.find(connection.peer);
  if (found != by_peer_.end() && --found->second == 0) by_peer_.erase(found);
  by_fd_.erase(connection.fd);
}

Connection* ConnectionTable::Find(int fd) const {
  const auto found = by_fd_.find(fd);
  return found == by_fd_.end() ? nullptr : found->second.get();
}

void ConnectionTable::ForEach(
    const std::function<void(Connection&)>& visit) const {
  for (const auto& [fd, connection] : by_fd_) visit(*connection);
}

}  // namespace selfheal
