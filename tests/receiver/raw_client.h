#pragma once

#include <chrono>
#include <string>
#include <string_view>

namespace selfheal::testing {

/// A plain socket to a port of 127.0.0.1, for requests no library would send.
class RawClient {
 public:
  /// @param source  the loopback address to call from, e.g. "127.0.0.2".
  explicit RawClient(int port, const std::string& source = "127.0.0.1");
  ~RawClient();
  RawClient(RawClient&& other) noexcept;
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;

  bool connected() const { return fd_ >= 0; }
  /// False: the server has closed.
  bool Send(std::string_view bytes);
  /// Everything until the server closes, or until `within` has passed.
  std::string ReadAll(
      std::chrono::milliseconds within = std::chrono::seconds(20));
  /// One answer, by its Content-Length; "" where the server closed before.
  std::string ReadAnswer(bool with_body = true);
  /// True where the server closes within the time.
  bool ClosedWithin(std::chrono::milliseconds within);
  /// Ends our side of the stream.
  void FinishSending();

 private:
  bool ReadSome(std::chrono::milliseconds within);

  int fd_ = -1;
  bool closed_ = false;
  std::string buffer_;
};

/// The status of an answer; 0: none.
int StatusOf(std::string_view answer);

/// The body of an answer.
std::string BodyOf(const std::string& answer);

/// True where the head of `answer` has exactly this field line.
bool HasField(const std::string& answer, const std::string& line);

}  // namespace selfheal::testing
