#include "receiver/commands/progress.h"

#include <unistd.h>

#include <cmath>
#include <cstdio>

#include "core/duration.h"

namespace selfheal {
namespace {

constexpr std::chrono::milliseconds kRepaint{200};
constexpr std::chrono::seconds kNextLine{1};

}  // namespace

std::string ProgressLine(std::string_view what, std::size_t done,
                         std::size_t all, std::chrono::duration<double> spent) {
  std::string line = std::string(what) + ": " + std::to_string(done) + " of " +
                     std::to_string(all);
  const double rate = static_cast<double>(done) / spent.count();
  if (done == 0 || done >= all || !std::isfinite(rate)) return line;
  char text[32];
  std::snprintf(text, sizeof text, rate < 10 ? "%.1f" : "%.0f", rate);
  const auto left = std::chrono::seconds(
      std::llround(std::ceil(static_cast<double>(all - done) / rate)));
  return line + ", " + text + " a second, " + FormatDuration(left) + " left";
}

Progress::Progress(bool asked)
    : terminal_(isatty(STDERR_FILENO) == 1), shown_(terminal_ || asked) {}

void Progress::Show(std::string_view what, std::size_t done, std::size_t all) {
  if (!shown_) return;
  const auto now = Clock::now();
  if (what != what_) {
    what_ = what;
    began_ = now;
    last_ = {};
  }
  if (done < all && last_ != Clock::time_point() &&
      now - last_ < (terminal_ ? Clock::duration(kRepaint) : kNextLine)) {
    return;
  }
  last_ = now;
  const std::string line = ProgressLine(what, done, all, now - began_);
  if (!terminal_) {
    std::fprintf(stderr, "%s\n", line.c_str());
    return;
  }
  Clear();
  std::fprintf(stderr, "%s", line.c_str());
  std::fflush(stderr);
  width_ = line.size();
}

void Progress::Clear() {
  if (width_ == 0) return;
  std::fprintf(stderr, "\r%*s\r", static_cast<int>(width_), "");
  std::fflush(stderr);
  width_ = 0;
}

}  // namespace selfheal
