#include "receiver/http_gate.h"

#include <algorithm>
#include <utility>

#include "core/result.h"

namespace selfheal {
namespace {

/// Bytes that a declared length may reserve before they arrive.
constexpr std::size_t kReserve = 64 << 10;

}  // namespace

HttpGate::State HttpGate::Refuse(int status, std::string_view detail) {
  refusal_ = Problem(status, detail);
  refusal_.close = true;
  return state_ = State::kRefused;
}

HttpGate::State HttpGate::Feed(std::string_view& bytes) {
  if (state_ == State::kHead) {
    switch (head_.Feed(bytes)) {
      case HeadParser::State::kMore:
        return state_;
      case HeadParser::State::kRefused:
        refusal_ = head_.refusal();
        return state_ = State::kRefused;
      case HeadParser::State::kDone:
        request_.head = std::move(head_.head());
        head_done_ = true;
        return state_ = State::kHeadDone;
    }
  }
  return state_ == State::kBody ? FeedBody(bytes) : state_;
}

HttpGate::State HttpGate::Admit(Admission admission) {
  SELFHEAL_CHECK(state_ == State::kHeadDone);
  request_.admission = std::move(admission);
  const RequestHead& head = request_.head;
  const std::size_t max = request_.admission.max_body;
  if (head.content_length.value_or(0) > max) {
    return Refuse(413,
                  "the body is longer than " + std::to_string(max) + " bytes");
  }
  if (!head.HasBody()) return state_ = State::kComplete;
  if (head.chunked) {
    chunks_.emplace(max);
  } else {
    request_.body.reserve(
        std::min<std::size_t>(*head.content_length, kReserve));
  }
  return state_ = State::kBody;
}

HttpGate::State HttpGate::FeedBody(std::string_view& bytes) {
  if (!chunks_) {
    const std::size_t length = *request_.head.content_length;
    const std::size_t n = std::min(length - request_.body.size(), bytes.size());
    request_.body.append(bytes.substr(0, n));
    bytes.remove_prefix(n);
    if (request_.body.size() == length) state_ = State::kComplete;
    return state_;
  }
  switch (chunks_->Feed(bytes, request_.body)) {
    case ChunkedDecoder::State::kMore:
      return state_;
    case ChunkedDecoder::State::kDone:
      return state_ = State::kComplete;
    case ChunkedDecoder::State::kMalformed:
      return Refuse(400, "the chunked body is malformed");
    case ChunkedDecoder::State::kTooLarge:
      return Refuse(413, "the body is longer than " +
                             std::to_string(request_.admission.max_body) +
                             " bytes");
  }
  return state_;
}

}  // namespace selfheal
