#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace selfheal {

/// Decodes the chunked transfer coding within a bound.
///
/// No chunk extensions, no trailer fields, at most eight hex digits a size,
/// CR LF only. Not thread-safe.
class ChunkedDecoder {
 public:
  enum class State { kMore, kDone, kMalformed, kTooLarge };

  explicit ChunkedDecoder(std::size_t max_bytes) : max_bytes_(max_bytes) {}

  /// Takes bytes from the front of `bytes` and appends the content to `body`.
  State Feed(std::string_view& bytes, std::string& body);

 private:
  enum class Part {
    kSize,
    kSizeLf,
    kContent,
    kContentCr,
    kContentLf,
    kEndCr,
    kEndLf,
    kDone,
  };

  State TakeByte(char c);
  State TakeSize(char c);

  std::size_t max_bytes_;
  std::size_t total_ = 0;
  std::size_t size_ = 0;
  int digits_ = 0;
  Part part_ = Part::kSize;
};

}  // namespace selfheal
