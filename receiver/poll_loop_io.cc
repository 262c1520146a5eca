#include <sys/socket.h>

#include <cerrno>
#include <utility>
#include <variant>

#include "receiver/poll_loop.h"

namespace selfheal {

void PollLoop::OnEvent(Connection& connection, std::uint32_t events) {
  if ((events & (EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0) {
    connection.readable = true;
  }
  if ((events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0) {
    connection.hangup = true;
  }
  switch (connection.phase) {
    case Phase::kWriting:
      if ((events & (EPOLLOUT | EPOLLHUP | EPOLLERR)) != 0) Flush(connection);
      break;
    case Phase::kDraining:
      return Drain(connection);
    case Phase::kReading:
    case Phase::kWorking:
    case Phase::kClosed:
      break;
  }
  Advance(connection);
}

void PollLoop::Advance(Connection& connection) {
  while (connection.phase == Phase::kReading) {
    const std::string_view bytes = NextBytes(connection);
    if (connection.phase == Phase::kClosed) return;
    if (bytes.empty()) {
      if (connection.peer_closed) Close(connection);
      return;
    }
    Feed(connection, bytes);
  }
}

std::string_view PollLoop::NextBytes(Connection& connection) {
  if (!connection.in.empty()) {
    clear_ = std::exchange(connection.in, {});
    return clear_;
  }
  if (connection.tls) return NextClear(connection);
  return {buffer_.data(), Receive(connection)};
}

std::string_view PollLoop::NextClear(Connection& connection) {
  while (true) {
    clear_.clear();
    const auto state = connection.tls->Read(clear_, buffer_.size());
    // A handshake, an alert or a renewed key may have to go out.
    connection.tls->Send(connection.out);
    if (!connection.out.empty()) {
      const ssize_t n =
          send(connection.fd, connection.out.data() + connection.out_done,
               connection.out.size() - connection.out_done,
               MSG_NOSIGNAL | MSG_DONTWAIT);
      // A peer whose window is full in a handshake is not worth waiting for.
      if (n != static_cast<ssize_t>(connection.out.size())) {
        connection.peer_closed = true;
      }
      connection.out.clear();
    }
    if (!clear_.empty()) return clear_;
    if (state == TlsSession::State::kClosed ||
        state == TlsSession::State::kFailed) {
      connection.peer_closed = true;
    }
    if (connection.peer_closed) return {};
    const std::size_t n = Receive(connection);
    if (n == 0) return {};
    connection.tls->Receive({buffer_.data(), n});
  }
}

std::size_t PollLoop::Receive(Connection& connection) {
  while (connection.readable) {
    const ssize_t n = recv(connection.fd, buffer_.data(), buffer_.size(), 0);
    if (n > 0) {
      const auto size = static_cast<std::size_t>(n);
      // Edge-triggered: a short read has emptied the socket, unless the end of
      // the stream came along with the bytes.
      connection.readable = size == buffer_.size() || connection.hangup;
      return size;
    }
    if (n == 0) {
      connection.peer_closed = true;
      connection.readable = false;
    } else if (errno != EINTR) {
      connection.readable = false;
      if (errno != EAGAIN && errno != EWOULDBLOCK) {
        connection.peer_closed = true;
      }
    }
  }
  return 0;
}

void PollLoop::Feed(Connection& connection, std::string_view bytes) {
  if (!connection.gate->started()) {
    connection.since = now_;
    SetDeadline(connection, limits_.head_deadline);
  }
  while (true) {
    switch (connection.gate->Feed(bytes)) {
      case HttpGate::State::kHead:
        return;
      case HttpGate::State::kHeadDone:
        Admit(connection);
        if (connection.phase != Phase::kReading) return;
        break;
      case HttpGate::State::kBody:
        if (!Charge(connection)) {
          Respond(connection, Problem(503, "too many large requests"));
        }
        return;
      case HttpGate::State::kComplete:
        if (!Charge(connection)) {
          return Respond(connection, Problem(503, "too many large requests"));
        }
        return Dispatch(connection, bytes);
      case HttpGate::State::kRefused:
        return Respond(connection, connection.gate->refusal());
    }
  }
}

bool PollLoop::Charge(Connection& connection) {
  const std::size_t size = connection.gate->body_bytes();
  charged_ += size - connection.charged;
  connection.charged = size;
  return charged_ <= limits_.buffered_bytes;
}

void PollLoop::Admit(Connection& connection) {
  auto decision = handler_.Admit(connection.gate->head());
  if (auto* const answer = std::get_if<HttpResponse>(&decision)) {
    return Respond(connection, *answer);
  }
  connection.gate->Admit(std::get<Admission>(std::move(decision)));
  if (connection.gate->state() == HttpGate::State::kBody) {
    SetDeadline(connection, limits_.body_deadline);
  }
}

void PollLoop::Dispatch(Connection& connection, std::string_view rest) {
  connection.in = rest;
  connection.gate->request().peer = connection.peer;
  connection.phase = Phase::kWorking;
  connection.deadline = SteadyTime::max();
  if (submit_(connection)) {
    has_submitted_ = true;
    return;
  }
  connection.phase = Phase::kReading;
  HttpResponse busy = Problem(503, "all workers are busy");
  busy.headers.emplace_back("Retry-After", "1");
  Respond(connection, busy);
}

/// Answers without a worker. Always closes: whoever is refused here may not
/// keep the poll thread busy with the next request of the same connection.
void PollLoop::Respond(Connection& connection, const HttpResponse& response) {
  HttpGate& gate = *connection.gate;
  const bool has_head = gate.head_done();
  handler_.Answered(has_head ? &gate.head() : nullptr, response.status);
  charged_ -= std::exchange(connection.charged, 0);
  connection.close_after = true;
  connection.phase = Phase::kWriting;
  const bool with_body = !has_head || gate.head().method != Method::kHead;
  Write(connection, SerializeResponse(response, true, with_body));
}

void PollLoop::Write(Connection& connection, std::string_view clear) {
  if (connection.tls) {
    if (!connection.tls->Write(clear)) return Close(connection);
    connection.tls->Send(connection.out);
  } else {
    connection.out = clear;
  }
  connection.out_done = 0;
  connection.deadline = SteadyTime::max();
  Flush(connection);
}

void PollLoop::Flush(Connection& connection) {
  while (connection.out_done < connection.out.size()) {
    const ssize_t n =
        send(connection.fd, connection.out.data() + connection.out_done,
             connection.out.size() - connection.out_done,
             MSG_NOSIGNAL | MSG_DONTWAIT);
    if (n >= 0) {
      connection.out_done += static_cast<std::size_t>(n);
      continue;
    }
    if (errno == EINTR) continue;
    if (errno != EAGAIN && errno != EWOULDBLOCK) return Close(connection);
    // One deadline for the whole answer, however it trickles.
    if (connection.deadline == SteadyTime::max()) {
      SetDeadline(connection, limits_.write_deadline);
    }
    return;
  }
  AfterWrite(connection);
}

void PollLoop::AfterWrite(Connection& connection) {
  connection.out = {};
  connection.out_done = 0;
  if (connection.close_after) return StartDrain(connection);
  NextRequest(connection);
}

void PollLoop::NextRequest(Connection& connection) {
  if (stopping_) return Close(connection);
  connection.gate = std::make_unique<HttpGate>(limits_);
  connection.phase = Phase::kReading;
  connection.since = now_;
  SetDeadline(connection, limits_.idle_deadline);
}

/// Closing with unread bytes in the socket would send a reset, and the peer
/// might never read the answer.
void PollLoop::StartDrain(Connection& connection) {
  if (connection.tls) {
    connection.tls->Close();
    connection.tls->Send(connection.out);
    send(connection.fd, connection.out.data(), connection.out.size(),
         MSG_NOSIGNAL | MSG_DONTWAIT);
    connection.out.clear();
  }
  shutdown(connection.fd, SHUT_WR);
  connection.phase = Phase::kDraining;
  connection.readable = true;
  SetDeadline(connection, limits_.drain_deadline);
  Drain(connection);
}

void PollLoop::Drain(Connection& connection) {
  while (const std::size_t n = Receive(connection)) {
    connection.drained += n;
    if (connection.drained > limits_.drain_bytes) return Close(connection);
  }
  if (connection.peer_closed) Close(connection);
}

}  // namespace selfheal
