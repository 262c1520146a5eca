#pragma once

#include <chrono>
#include <cstdint>
#include <exception>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>

namespace kubesim {

using Json = nlohmann::json;
using TimePoint = std::chrono::time_point<std::chrono::system_clock,
                                          std::chrono::microseconds>;
using Duration = std::chrono::microseconds;

/// A failed API call: the HTTP code and the Kubernetes `Status` around it.
class ApiError : public std::exception {
 public:
  ApiError(int code, std::string reason, std::string message,
           Json details = nullptr)
      : code_(code),
        reason_(std::move(reason)),
        message_(std::move(message)),
        details_(std::move(details)) {}

  const char* what() const noexcept override { return message_.c_str(); }
  int code() const { return code_; }
  const std::string& reason() const { return reason_; }

  /// The body that goes with `code()`, of kind Status.
  Json ToStatus() const;

 private:
  int code_;
  std::string reason_;
  std::string message_;
  Json details_;
};

/// RFC 3339 with whole seconds, as metav1.Time prints itself.
std::string FormatTime(TimePoint time);

/// Reads what FormatTime or a MicroTime printed; the epoch when malformed.
TimePoint ParseTime(const std::string& text);

double ToSeconds(Duration duration);
Duration FromSeconds(double seconds);
double UnixSeconds(TimePoint time);

/// A Kubernetes quantity ("250m", "64Mi", "1") as a plain number.
double ParseQuantity(const Json& quantity);

/// `object.at(path...)` as text, or empty when any part is absent.
std::string Text(const Json& object, std::initializer_list<const char*> path);

/// The integer at `path`, or `fallback` when it is absent or not a number.
std::int64_t Number(const Json& object, std::initializer_list<const char*> path,
                    std::int64_t fallback = 0);

/// The member at `path`, or nullptr.
const Json* Member(const Json& object, std::initializer_list<const char*> path);

/// A deterministic 64-bit mix of `text`, the same on every platform.
std::uint64_t HashText(const std::string& text);

}  // namespace kubesim
