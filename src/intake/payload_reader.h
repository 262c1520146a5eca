#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "core/alert.h"
#include "core/result.h"
#include "intake/alert_builder.h"
#include "intake/payload.h"

namespace selfheal {

/// The events of a JSON text in, an AlertGroup out; knows no JSON library.
///
/// Each event returns false once the body is refused as a whole; nothing may
/// be fed after that. Not thread-safe.
class PayloadReader {
 public:
  /// What kind of scalar an event carries.
  enum class Scalar { kNull, kText, kUnsigned, kOther };

  explicit PayloadReader(const IntakeLimits& limits) : limits_(limits) {}

  bool StartObject();
  bool StartArray();
  bool Key(std::string&& name);
  bool Value(Scalar kind, std::string&& text, std::uint64_t number);
  bool End();

  /// Refuses the body for a reason of the JSON library.
  bool Refuse(std::string_view field, std::string_view reason,
              Code code = Code::kInvalidArgument);

  /// The group, after the last event; the refusal where there was one.
  Result<AlertGroup> Finish() &&;

 private:
  /// What the open object or array is.
  enum class Where { kEnvelope, kTextMap, kAlerts, kAlert, kPairs, kIgnored };
  struct Frame {
    Where where;
    /// Bits of the known fields that were there.
    unsigned seen = 0;
    std::unordered_set<std::string> unknown;
  };

  bool Count();
  bool Push(Where where);
  bool KeyOfEnvelope(Frame& frame);
  bool KeyOfAlert(Frame& frame);
  bool KeyOfPairs();
  bool KeyOfOther(Frame& frame);
  bool OpenInEnvelope(bool object);
  bool OpenInAlerts(bool object);
  bool OpenInAlert(bool object);
  bool Open(bool object);
  bool ValueOfEnvelope(Scalar kind, std::string&& text, std::uint64_t number);
  bool ValueOfAlert(Scalar kind, std::string&& text);
  bool ValueOfPair(Scalar kind, std::string&& text);
  bool NewAlert();
  void FinishAlert();

  const IntakeLimits limits_;
  std::vector<Frame> frames_;
  std::size_t values_ = 0;
  std::string key_;
  /// The known envelope field that key_ names; -1: none.
  int envelope_field_ = -1;
  std::optional<AlertField> alert_field_;
  std::optional<AlertBuilder> alert_;
  /// The map that an open kPairs frame fills, and its name.
  Labels* pairs_ = nullptr;
  std::string_view pairs_name_;
  std::string* pair_value_ = nullptr;
  unsigned envelope_seen_ = 0;
  AlertGroup group_;
  std::optional<Error> error_;
};

}  // namespace selfheal
