#pragma once

#include <string_view>

#include "core/result.h"

namespace selfheal::postgres {

/// An error of the server by its SQLSTATE; "" = the connection broke. Of
/// `message` the first line counts: the others may show what is stored.
Error ErrorOf(std::string_view sqlstate, std::string_view message);

}  // namespace selfheal::postgres
