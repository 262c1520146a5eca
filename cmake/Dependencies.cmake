# Third-party libraries, all from the distribution's own packages.
find_package(PkgConfig REQUIRED)
find_package(OpenSSL REQUIRED)
find_package(nlohmann_json 3.11 REQUIRED)
find_package(CLI11 REQUIRED)
# Beast, for Slack's WebSocket: headers alone.
find_package(Boost 1.74 REQUIRED)
pkg_check_modules(CURL REQUIRED IMPORTED_TARGET libcurl)
pkg_check_modules(RE2 REQUIRED IMPORTED_TARGET re2)
pkg_check_modules(SQLITE REQUIRED IMPORTED_TARGET sqlite3)
pkg_check_modules(PQXX REQUIRED IMPORTED_TARGET libpqxx)
pkg_check_modules(ZLIB REQUIRED IMPORTED_TARGET zlib)
pkg_check_modules(YAMLCPP REQUIRED IMPORTED_TARGET yaml-cpp)
pkg_check_modules(EIGEN REQUIRED IMPORTED_TARGET eigen3)
pkg_check_modules(PROMCPP REQUIRED IMPORTED_TARGET prometheus-cpp-core)
pkg_check_modules(SPDLOG REQUIRED IMPORTED_TARGET spdlog)
# The flags of the .pc file belong to the layout of the library's classes.
pkg_check_modules(HTTPLIB REQUIRED IMPORTED_TARGET cpp-httplib)

# cpp-httplib 0.18 (Debian 13) passes the peer's and the local address to
# Server::process_request, 0.11 (Debian 12) does not.
include(CheckCXXSourceCompiles)
set(CMAKE_REQUIRED_LIBRARIES PkgConfig::HTTPLIB OpenSSL::SSL OpenSSL::Crypto
  Threads::Threads)
set(CMAKE_REQUIRED_FLAGS "-std=c++20")
check_cxx_source_compiles("
#include <httplib.h>
struct S : httplib::Server {
  bool Run(httplib::Stream& s, bool& c) {
    return process_request(s, std::string(), 0, std::string(), 0, true, c,
                           nullptr);
  }
};
int main() { S s; return s.is_valid() ? 0 : 1; }
" SELFHEAL_HTTPLIB_HAS_ADDRESSES)
unset(CMAKE_REQUIRED_LIBRARIES)
unset(CMAKE_REQUIRED_FLAGS)

add_library(selfheal_httplib INTERFACE)
target_link_libraries(selfheal_httplib INTERFACE PkgConfig::HTTPLIB
  OpenSSL::SSL OpenSSL::Crypto)
if(SELFHEAL_HTTPLIB_HAS_ADDRESSES)
  target_compile_definitions(selfheal_httplib INTERFACE
    SELFHEAL_HTTPLIB_HAS_ADDRESSES=1)
endif()

# What `selfheal version` prints, beside what the headers of receiver/ say.
string(CONCAT SELFHEAL_LIBRARIES
       "libcurl ${CURL_VERSION}, SQLite ${SQLITE_VERSION}, "
       "libpqxx ${PQXX_VERSION}, "
       "yaml-cpp ${YAMLCPP_VERSION}, Eigen ${EIGEN_VERSION}, "
       "prometheus-cpp ${PROMCPP_VERSION}, spdlog ${SPDLOG_VERSION}")
