#pragma once

#include <string>

namespace selfheal::testing {

/// The root of the source tree; the tests run with it as working folder.
std::string SourceDir();

/// The build folder of the running tests.
std::string BuildDir();

/// The program under test; empty where it is not part of this build.
std::string SelfhealBinary();

/// The Kubernetes simulator; empty where it is not part of this build.
std::string KubesimBinary();

}  // namespace selfheal::testing
