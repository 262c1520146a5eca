#pragma once

#include <string>
#include <vector>

#include "config/config.h"
#include "core/result.h"

namespace selfheal {

/// The content of a file with a token or password, without the white space at
/// its end; never blank.
///
/// @error kInvalidArgument  "<where>: <why>"; it is missing, empty, blank, a
///        folder or too long.
Result<std::string> ReadSecretFile(const std::string& where,
                                   const std::string& path);

/// What is wrong with the files of tokens, passwords and TLS that `config`
/// names, each as "<key>: <path>: <why>". Nothing of them is shown.
std::vector<Error> SecretFileProblems(const Config& config);

}  // namespace selfheal
