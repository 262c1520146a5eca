#pragma once

#include <string>

#include "adapters/sql/connection.h"

namespace selfheal::sql {

/// ASCII alone: as texts are searched.
std::string InLowerCase(std::string text);

/// What an incident is searched by, apart from its alerts' names.
Result<void> PutText(Connection& db, const std::string& incident,
                     const std::string& text);

/// The names of the alerts in rows `first` to `last`, too.
Result<void> PutAlertNames(Connection& db, const std::string& incident,
                           long long first, long long last);

/// What the index of three characters is asked for `text`: "" where that is
/// too short for it.
std::string MatchOf(const std::string& text);

/// True where so few texts match that all of them are looked at sooner than
/// the newest incidents one by one. False for "".
Result<bool> IsRare(Connection& db, const std::string& match);

}  // namespace selfheal::sql
