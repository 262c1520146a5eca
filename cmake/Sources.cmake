# The product: core, codec, stages, adapters, app, receiver, `selfheal`.
selfheal_glob(sources src/core src/config)
selfheal_library(selfheal_core SOURCES ${sources})

selfheal_glob(sources src/codec)
selfheal_library(selfheal_codec SOURCES ${sources}
  LINKS selfheal_core nlohmann_json::nlohmann_json)

set(SELFHEAL_STAGES intake correlate collect assess plan guard execute verify
  record flow)
list(TRANSFORM SELFHEAL_STAGES PREPEND src/ OUTPUT_VARIABLE folders)
selfheal_glob(sources ${folders} src/execute/actions)
selfheal_library(selfheal_stages SOURCES ${sources}
  LINKS selfheal_core nlohmann_json::nlohmann_json PkgConfig::EIGEN)
# Kernels chosen at run time by the processor's own answer.
selfheal_glob(sources src/assess)
list(FILTER sources INCLUDE REGEX "_avx2\\.cc$")
if(sources AND CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
  set_source_files_properties(${sources} PROPERTIES
    COMPILE_OPTIONS "-mavx2;-mfma" SKIP_PRECOMPILE_HEADERS ON)
endif()

# What each adapter wraps; one that is not named here needs core alone.
set(SELFHEAL_NEEDS_http PkgConfig::CURL)
set(SELFHEAL_NEEDS_crypto OpenSSL::Crypto)
set(SELFHEAL_NEEDS_prometheus nlohmann_json::nlohmann_json
  selfheal_adapter_http)
set(SELFHEAL_NEEDS_kubernetes nlohmann_json::nlohmann_json PkgConfig::YAMLCPP
  OpenSSL::Crypto selfheal_adapter_http)
set(SELFHEAL_NEEDS_slack nlohmann_json::nlohmann_json Boost::headers
  OpenSSL::SSL selfheal_adapter_http selfheal_adapter_crypto)
set(SELFHEAL_NEEDS_alertmanager nlohmann_json::nlohmann_json
  selfheal_adapter_http)
set(SELFHEAL_NEEDS_yaml PkgConfig::YAMLCPP PkgConfig::RE2)
set(SELFHEAL_NEEDS_sql PkgConfig::ZLIB)
set(SELFHEAL_NEEDS_sqlite PkgConfig::SQLITE selfheal_adapter_sql)
set(SELFHEAL_NEEDS_postgres PkgConfig::PQXX selfheal_adapter_sql)
set(SELFHEAL_NEEDS_telemetry PkgConfig::PROMCPP PkgConfig::SPDLOG)

file(GLOB files CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/src/adapters/*/*.cc)
set(adapters http crypto)
foreach(file ${files})
  cmake_path(GET file PARENT_PATH folder)
  cmake_path(GET folder FILENAME name)
  list(APPEND adapters ${name})
endforeach()
list(REMOVE_DUPLICATES adapters)
set(SELFHEAL_ADAPTERS)
foreach(name ${adapters})
  selfheal_glob(sources src/adapters/${name})
  selfheal_library(selfheal_adapter_${name} SOURCES ${sources}
    LINKS ${SELFHEAL_NEEDS_${name}} selfheal_stages selfheal_codec
      selfheal_core)
  list(APPEND SELFHEAL_ADAPTERS selfheal_adapter_${name})
endforeach()

set(SELFHEAL_DEFINITIONS SELFHEAL_VERSION="${PROJECT_VERSION}"
  SELFHEAL_SHARE_DIR="/usr/share/selfheal")
selfheal_glob(sources src/app)
selfheal_library(selfheal_app SOURCES ${sources}
  LINKS ${SELFHEAL_ADAPTERS} selfheal_stages selfheal_codec selfheal_core)
if(sources)
  target_compile_definitions(selfheal_app PRIVATE ${SELFHEAL_DEFINITIONS})
endif()

# The simulated world: `selfheal test`, the demo and the tests run in it.
selfheal_glob(sources sim/fakes)
selfheal_library(selfheal_fakes SOURCES ${sources}
  LINKS selfheal_stages selfheal_codec selfheal_core)
file(GLOB kubesim_main CONFIGURE_DEPENDS
  ${PROJECT_SOURCE_DIR}/sim/kubesim/main.cc)
selfheal_glob(sources sim/kubesim)
list(FILTER sources EXCLUDE REGEX "/main\\.cc$")
selfheal_library(kubesim_lib SOURCES ${sources}
  LINKS selfheal_core selfheal_httplib nlohmann_json::nlohmann_json)
if(kubesim_main)
  add_executable(kubesim ${kubesim_main})
  target_link_libraries(kubesim PRIVATE kubesim_lib)
  set_target_properties(kubesim PROPERTIES
    RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR})
endif()
selfheal_glob(sources sim/pipeline sim/scenario)
selfheal_library(selfheal_sim SOURCES ${sources}
  LINKS selfheal_fakes kubesim_lib selfheal_adapter_kubernetes
    selfheal_adapter_yaml selfheal_adapter_crypto)

selfheal_glob(sources receiver receiver/commands)
list(FILTER sources EXCLUDE REGEX "/receiver/main\\.cc$")
selfheal_library(selfheal_receiver SOURCES ${sources} ${SELFHEAL_WEB_SOURCE}
  LINKS selfheal_app selfheal_sim selfheal_httplib CLI11::CLI11
    nlohmann_json::nlohmann_json)
if(sources)
  target_compile_definitions(selfheal_receiver PRIVATE
    ${SELFHEAL_DEFINITIONS})
  set_source_files_properties(
    ${PROJECT_SOURCE_DIR}/receiver/commands/version.cc PROPERTIES
    COMPILE_DEFINITIONS "SELFHEAL_LIBRARIES=\"${SELFHEAL_LIBRARIES}\"")
endif()

file(GLOB main CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/receiver/main.cc)
if(main)
  add_executable(selfheal ${main})
  target_link_libraries(selfheal PRIVATE selfheal_receiver)
  set_target_properties(selfheal PROPERTIES
    RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR})
endif()
