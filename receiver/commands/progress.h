#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>

namespace selfheal {

/// How far long work has come, on stderr: "alerts judged: 120 of 500, 41 a
/// second, 9s left". On a terminal one line that is written over; else a line
/// a second, where that is asked for.
class Progress {
 public:
  /// @param asked  Also where stderr is no terminal.
  explicit Progress(bool asked);
  ~Progress() { Clear(); }
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void Show(std::string_view what, std::size_t done, std::size_t all);
  /// Takes the line off the terminal.
  void Clear();

 private:
  using Clock = std::chrono::steady_clock;

  const bool terminal_;
  const bool shown_;
  std::string what_;
  Clock::time_point began_;
  Clock::time_point last_;
  std::size_t width_ = 0;
};

/// The sentence of Progress. Pure.
std::string ProgressLine(std::string_view what, std::size_t done,
                         std::size_t all, std::chrono::duration<double> spent);

}  // namespace selfheal
