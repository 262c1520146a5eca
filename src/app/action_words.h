#pragma once

#include <string>

#include "core/action.h"

namespace selfheal {

/// An action in words, as parts of sentences without a full stop.
struct ActionWords {
  std::string does;  ///< "deletes the pod ..., so that its owner makes ...".
  std::string
      stops;  ///< What keeps it from being done, beside what always does.
  std::string undo;  ///< How it is taken back; "" = there is no way.
};

ActionWords WordsOf(const Action& action);

}  // namespace selfheal
