#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"

namespace selfheal::slack {

/// What a person answered to a question, by a button or a reply. All fields
/// but `approve` are Slack's, so foreign.
struct Answer {
  bool button = false;
  bool approve = false;
  std::string team;  ///< Of the workspace that sent it; "" = an organisation.
  std::string enterprise = "";  ///< Of the organisation; "" = not said.
  std::string user_team;        ///< Of the person; "" = not said.
  std::string app;              ///< "" = not said.
  std::string user;
  std::string channel;
  std::string thread;  ///< The ts of the message that asks.
  std::string ts;      ///< When it was said or clicked, by Slack's clock.
  std::string value;   ///< Of the button.
  std::string reason;
  bool shared = false;  ///< The channel is shared with another workspace.
  /// Meant as an answer, but neither approve nor deny: it counts as none.
  bool unclear = false;
  /// Whom the reply addresses: "<@U1> approve"; "" = nobody.
  std::string addressee = "";
};

/// One payload of Slack's, and what makes it the same when it comes again.
struct Heard {
  /// Empty: nothing that concerns us.
  std::optional<Answer> answer;
  std::vector<std::string> keys;
  /// Of a handshake; "" = it is none.
  std::string challenge;
};

/// JSON of at most 32 levels. @error kInvalidArgument
Result<nlohmann::json> ParsePayload(std::string_view text);

/// The payload of an interaction. @error kInvalidArgument
Result<Heard> ReadInteraction(const nlohmann::json& payload);
/// The envelope of an event. Only a plain message in a thread, by a person,
/// that begins with approve or deny, perhaps after one mention, is an answer;
/// one that begins with a word like them is unclear.
/// @error kInvalidArgument
Result<Heard> ReadEvent(const nlohmann::json& envelope);
/// The JSON in the one field `payload` of a form. @error kInvalidArgument
Result<std::string> FormPayload(std::string_view body);

/// The stored form of an answer, and back.
std::string WriteAnswer(const Answer& answer);
Result<Answer> ReadAnswer(const std::string& text);

}  // namespace selfheal::slack
