#include "receiver/chunked_decoder.h"

#include <algorithm>

namespace selfheal {
namespace {

using State = ChunkedDecoder::State;

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

State ChunkedDecoder::Feed(std::string_view& bytes, std::string& body) {
  while (!bytes.empty() && part_ != Part::kDone) {
    if (part_ == Part::kContent) {
      const std::size_t n = std::min(size_, bytes.size());
      body.append(bytes.substr(0, n));
      bytes.remove_prefix(n);
      size_ -= n;
      if (size_ == 0) part_ = Part::kContentCr;
      continue;
    }
    const State state = TakeByte(bytes.front());
    if (state != State::kMore) return state;
    bytes.remove_prefix(1);
  }
  return part_ == Part::kDone ? State::kDone : State::kMore;
}

State ChunkedDecoder::TakeByte(char c) {
  const auto expect = [&](char wanted, Part next) {
    if (c != wanted) return State::kMalformed;
    part_ = next;
    return State::kMore;
  };
  switch (part_) {
    case Part::kSize:
      return TakeSize(c);
    case Part::kSizeLf:
      return expect('\n', size_ == 0 ? Part::kEndCr : Part::kContent);
    case Part::kContentCr:
      return expect('\r', Part::kContentLf);
    case Part::kContentLf:
      digits_ = 0;
      return expect('\n', Part::kSize);
    case Part::kEndCr:
      return expect('\r', Part::kEndLf);
    case Part::kEndLf:
      return expect('\n', Part::kDone);
    case Part::kContent:
    case Part::kDone:
      break;
  }
  return State::kMalformed;
}

State ChunkedDecoder::TakeSize(char c) {
  const int digit = HexDigit(c);
  if (digit < 0) {
    if (c != '\r' || digits_ == 0) return State::kMalformed;
    total_ += size_;
    if (total_ > max_bytes_) return State::kTooLarge;
    part_ = Part::kSizeLf;
    return State::kMore;
  }
  if (digits_ == 0) size_ = 0;
  if (++digits_ > 8) return State::kMalformed;
  size_ = size_ * 16 + static_cast<std::size_t>(digit);
  return State::kMore;
}

}  // namespace selfheal
