#include "intake/payload_reader.h"

#include <array>
#include <utility>

namespace selfheal {
namespace {

/// Members of one object that the product does not know.
constexpr std::size_t kMaxUnknownMembers = 1024;

enum EnvelopeField {
  kVersion,
  kGroupKey,
  kStatus,
  kReceiver,
  kAlertList,
  kTruncated,
  kExternalUrl,
  kGroupLabels,
  kCommonLabels,
  kCommonAnnotations,
};

constexpr std::array<std::string_view, 10> kEnvelopeNames = {
    "version",      "groupKey",         "status",      "receiver",
    "alerts",       "truncatedAlerts",  "externalURL", "groupLabels",
    "commonLabels", "commonAnnotations"};

/// The fields without which nothing can be stored.
constexpr int kRequired = 5;

int FindEnvelopeField(std::string_view name) {
  for (std::size_t i = 0; i < kEnvelopeNames.size(); ++i) {
    if (kEnvelopeNames[i] == name) return static_cast<int>(i);
  }
  return -1;
}

constexpr std::string_view kNotText = "must be a string";

}  // namespace

bool PayloadReader::Refuse(std::string_view field, std::string_view reason,
                           Code code) {
  if (!error_) {
    error_ = Error{code, std::string(field) + ": " + std::string(reason)};
  }
  return false;
}

bool PayloadReader::Count() {
  if (++values_ <= limits_.values) return true;
  return Refuse("body", "has too many values");
}

bool PayloadReader::Push(Where where) {
  if (frames_.size() >= limits_.depth) {
    return Refuse("body", "is nested too deeply");
  }
  frames_.push_back(Frame{where, 0, {}});
  return true;
}

bool PayloadReader::StartObject() { return Count() && Open(true); }

bool PayloadReader::StartArray() { return Count() && Open(false); }

bool PayloadReader::Open(bool object) {
  if (frames_.empty()) {
    return object ? Push(Where::kEnvelope)
                  : Refuse("body", "must be one JSON object");
  }
  switch (frames_.back().where) {
    case Where::kEnvelope:
      return OpenInEnvelope(object);
    case Where::kAlerts:
      return OpenInAlerts(object);
    case Where::kAlert:
      return OpenInAlert(object);
    case Where::kTextMap:
      return Refuse(kEnvelopeNames[static_cast<std::size_t>(envelope_field_)],
                    "must hold strings");
    case Where::kPairs:
      alert_->Reject(std::string(pairs_name_) + "." + key_.substr(0, 100),
                     std::string(kNotText));
      return Push(Where::kIgnored);
    case Where::kIgnored:
      return Push(Where::kIgnored);
  }
  return false;
}

bool PayloadReader::OpenInEnvelope(bool object) {
  switch (envelope_field_) {
    case -1:
      return Push(Where::kIgnored);
    case kAlertList:
      return object ? Refuse("alerts", "must be an array")
                    : Push(Where::kAlerts);
    case kGroupLabels:
    case kCommonLabels:
    case kCommonAnnotations:
      if (object) return Push(Where::kTextMap);
      return Refuse(key_, "must be an object");
    case kTruncated:
      return Refuse(key_, "must be an integer of at least 0");
    default:
      return Refuse(key_, kNotText);
  }
}

bool PayloadReader::NewAlert() {
  if (group_.received >= limits_.alerts) {
    return Refuse("alerts",
                  "more than " + std::to_string(limits_.alerts) + " alerts",
                  Code::kResourceExhausted);
  }
  alert_.emplace(group_.received++, limits_.string_bytes);
  return true;
}

bool PayloadReader::OpenInAlerts(bool object) {
  if (!NewAlert()) return false;
  if (object) return Push(Where::kAlert);
  alert_->Reject("alerts", "must hold objects");
  FinishAlert();
  return Push(Where::kIgnored);
}

bool PayloadReader::OpenInAlert(bool object) {
  if (!alert_field_) return Push(Where::kIgnored);
  const bool labels = alert_field_ == AlertField::kLabels;
  if (labels || alert_field_ == AlertField::kAnnotations) {
    if (object) {
      pairs_ = labels ? &alert_->labels() : &alert_->annotations();
      pairs_name_ = FieldName(*alert_field_);
      return Push(Where::kPairs);
    }
    alert_->Reject(key_, "must be an object");
  } else {
    alert_->Reject(key_, std::string(kNotText));
  }
  return Push(Where::kIgnored);
}

bool PayloadReader::Key(std::string&& name) {
  if (name.size() > limits_.string_bytes) {
    return Refuse("body", "has a key that is too long");
  }
  key_ = std::move(name);
  Frame& frame = frames_.back();
  switch (frame.where) {
    case Where::kEnvelope:
      return KeyOfEnvelope(frame);
    case Where::kAlert:
      return KeyOfAlert(frame);
    case Where::kPairs:
      return KeyOfPairs();
    case Where::kTextMap:
    case Where::kAlerts:
    case Where::kIgnored:
      return KeyOfOther(frame);
  }
  return false;
}

bool PayloadReader::KeyOfEnvelope(Frame& frame) {
  envelope_field_ = FindEnvelopeField(key_);
  if (envelope_field_ < 0) return KeyOfOther(frame);
  const unsigned bit = 1u << envelope_field_;
  if ((envelope_seen_ & bit) != 0) return Refuse(key_, "stands twice");
  envelope_seen_ |= bit;
  return true;
}

bool PayloadReader::KeyOfAlert(Frame& frame) {
  alert_field_ = ParseAlertField(key_);
  if (!alert_field_) return KeyOfOther(frame);
  const unsigned bit = 1u << static_cast<unsigned>(*alert_field_);
  if ((frame.seen & bit) != 0) {
    return Refuse("alerts." + key_, "stands twice");
  }
  frame.seen |= bit;
  return true;
}

bool PayloadReader::KeyOfPairs() {
  pair_value_ = nullptr;
  if (pairs_->size() >= limits_.labels && pairs_->find(key_) == pairs_->end()) {
    alert_->Reject(std::string(pairs_name_),
                   "more than " + std::to_string(limits_.labels));
    return true;
  }
  const auto [place, fresh] = pairs_->try_emplace(key_);
  if (!fresh) {
    return Refuse(std::string("alerts.") + std::string(pairs_name_) + "." +
                      key_.substr(0, 100),
                  "stands twice");
  }
  pair_value_ = &place->second;
  return true;
}

bool PayloadReader::KeyOfOther(Frame& frame) {
  if (frame.unknown.size() >= kMaxUnknownMembers) {
    return Refuse("body", "has an object with too many members");
  }
  if (!frame.unknown.insert(key_).second) {
    return Refuse(key_.substr(0, 100), "stands twice");
  }
  return true;
}

bool PayloadReader::Value(Scalar kind, std::string&& text,
                          std::uint64_t number) {
  if (!Count()) return false;
  if (frames_.empty()) return Refuse("body", "must be one JSON object");
  switch (frames_.back().where) {
    case Where::kEnvelope:
      return ValueOfEnvelope(kind, std::move(text), number);
    case Where::kAlert:
      return ValueOfAlert(kind, std::move(text));
    case Where::kPairs:
      return ValueOfPair(kind, std::move(text));
    case Where::kAlerts:
      if (!NewAlert()) return false;
      alert_->Reject("alerts", "must hold objects");
      FinishAlert();
      return true;
    case Where::kTextMap:
      if (kind == Scalar::kText) return true;
      return Refuse(kEnvelopeNames[static_cast<std::size_t>(envelope_field_)],
                    "must hold strings");
    case Where::kIgnored:
      return true;
  }
  return false;
}

bool PayloadReader::ValueOfEnvelope(Scalar kind, std::string&& text,
                                    std::uint64_t number) {
  if (text.size() > limits_.string_bytes) return Refuse(key_, "is too long");
  switch (envelope_field_) {
    case -1:
      return true;
    case kTruncated:
      group_.truncated_alerts = number;
      if (kind == Scalar::kUnsigned) return true;
      return Refuse(key_, "must be an integer of at least 0");
    case kAlertList:
      return Refuse(key_, "must be an array");
    case kGroupLabels:
    case kCommonLabels:
    case kCommonAnnotations:
      if (kind == Scalar::kNull) return true;
      return Refuse(key_, "must be an object");
    default:
      break;
  }
  if (kind != Scalar::kText) return Refuse(key_, kNotText);
  if (text.find('\0') != std::string::npos) {
    return Refuse(key_, "holds a NUL character");
  }
  if (envelope_field_ == kStatus) {
    const auto status = ParseAlertStatus(text);
    if (!status) return Refuse(key_, "must be firing or resolved");
    group_.status = *status;
    return true;
  }
  if (envelope_field_ == kVersion && text != "4") {
    return Refuse(key_, "must be \"4\"");
  }
  (envelope_field_ == kVersion    ? group_.version
   : envelope_field_ == kGroupKey ? group_.group_key
   : envelope_field_ == kReceiver ? group_.receiver
                                  : group_.external_url) = std::move(text);
  return true;
}

bool PayloadReader::ValueOfAlert(Scalar kind, std::string&& text) {
  if (!alert_field_) return true;
  const bool map = alert_field_ == AlertField::kLabels ||
                   alert_field_ == AlertField::kAnnotations;
  if (kind == Scalar::kText) {
    alert_->Set(*alert_field_, std::move(text));
  } else if (!(alert_field_ == AlertField::kAnnotations &&
               kind == Scalar::kNull)) {
    alert_->Reject(key_, map ? "must be an object" : std::string(kNotText));
  }
  return true;
}

bool PayloadReader::ValueOfPair(Scalar kind, std::string&& text) {
  if (kind != Scalar::kText) {
    alert_->Reject(std::string(pairs_name_) + "." + key_.substr(0, 100),
                   std::string(kNotText));
  } else if (pair_value_ != nullptr) {
    *pair_value_ = std::move(text);
  }
  return true;
}

bool PayloadReader::End() {
  const Where where = frames_.back().where;
  frames_.pop_back();
  if (where == Where::kAlert) FinishAlert();
  return true;
}

void PayloadReader::FinishAlert() {
  auto finished = std::move(*alert_).Finish();
  alert_.reset();
  if (auto* alert = std::get_if<Alert>(&finished)) {
    group_.alerts.push_back(std::move(*alert));
  } else {
    group_.rejected.push_back(std::get<RejectedAlert>(std::move(finished)));
  }
}

Result<AlertGroup> PayloadReader::Finish() && {
  if (error_) return *std::move(error_);
  for (int field = 0; field < kRequired; ++field) {
    if ((envelope_seen_ & (1u << field)) == 0) {
      return Error{
          Code::kInvalidArgument,
          std::string(kEnvelopeNames[static_cast<std::size_t>(field)]) +
              ": is missing"};
    }
  }
  return std::move(group_);
}

}  // namespace selfheal
