#pragma once

#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace selfheal {

/// What kind of failure an `Error` is; meanings follow Abseil's status codes.
enum class Code {
  kInvalidArgument,     ///< The caller's input is wrong whatever the state.
  kNotFound,            ///< The named thing does not exist.
  kAlreadyExists,       ///< A unique key is taken.
  kPermissionDenied,    ///< Known caller, not allowed.
  kUnauthenticated,     ///< No or wrong credentials.
  kFailedPrecondition,  ///< The state of the system forbids it.
  kAborted,             ///< Lost a race (409): read again and decide again.
  kResourceExhausted,   ///< A cap, quota or queue is full.
  kUnavailable,         ///< The other side cannot answer now.
  kDeadlineExceeded,    ///< No answer in time.
  kDataLoss,            ///< Stored data is damaged.
  kUnknown,             ///< Sent, but the outcome is not known.
  kInternal,            ///< An invariant of another program is broken.
};

/// Lower snake case name of `code`, for logs and metric labels.
std::string_view CodeName(Code code);

/// True where asking again later may succeed without any change by us.
bool Retryable(Code code);

/// A fault: what kind, and one sentence that says what, where and why.
struct Error {
  Code code = Code::kInternal;
  std::string message;

  /// The same error with what the caller was doing put in front.
  [[nodiscard]] Error With(std::string_view doing) const {
    return Error{code, std::string(doing) + ": " + message};
  }
};

/// Aborts with `what`; for programmer errors, also in release builds.
[[noreturn]] void CheckFailed(const char* condition, const char* file,
                              int line);

#define SELFHEAL_CHECK(condition)                              \
  do {                                                         \
    if (!(condition)) {                                        \
      ::selfheal::CheckFailed(#condition, __FILE__, __LINE__); \
    }                                                          \
  } while (false)

/// A value or the error that stands in its place.
template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::move(value)) {}      // NOLINT: implicit
  Result(Error error) : state_(std::move(error)) {}  // NOLINT: implicit

  bool ok() const { return std::holds_alternative<T>(state_); }
  explicit operator bool() const { return ok(); }

  /// Precondition: ok().
  const T& value() const& {
    SELFHEAL_CHECK(ok());
    return *std::get_if<T>(&state_);
  }
  T& value() & {
    SELFHEAL_CHECK(ok());
    return *std::get_if<T>(&state_);
  }
  T&& value() && {
    SELFHEAL_CHECK(ok());
    return std::move(*std::get_if<T>(&state_));
  }
  const T& operator*() const& { return value(); }
  T& operator*() & { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  const T* operator->() const { return &value(); }
  T* operator->() { return &value(); }

  /// Precondition: !ok().
  const Error& error() const {
    SELFHEAL_CHECK(!ok());
    return *std::get_if<Error>(&state_);
  }

 private:
  std::variant<T, Error> state_;
};

/// Success without a value, or an error.
template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Error error) : error_(std::move(error)) {}  // NOLINT: implicit

  bool ok() const { return !error_.has_value(); }
  explicit operator bool() const { return ok(); }
  const Error& error() const {
    SELFHEAL_CHECK(!ok());
    return *error_;
  }

 private:
  std::optional<Error> error_;
};

}  // namespace selfheal
