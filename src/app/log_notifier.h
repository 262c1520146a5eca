#pragma once

#include "core/log.h"
#include "record/notifier.h"

namespace selfheal {

/// Tells people through the log where no chat is configured.
class LogNotifier final : public Notifier {
 public:
  explicit LogNotifier(Logger& log) : log_(log) {}

  void Notify(const Notice& notice) override {
    if (notice.lines.empty()) return;
    Fields fields = {{"incident", notice.incident_id},
                     {"title", notice.title},
                     {"severity", notice.severity}};
    for (const std::string& line : notice.lines) {
      fields.emplace_back("line", line);
    }
    log_.Info("notice", fields);
  }

 private:
  Logger& log_;
};

}  // namespace selfheal
