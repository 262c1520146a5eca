# One executable a folder of tests/, named selfheal_<folder>_tests, with every
# .cc below that folder. Labels: `slow` for e2e and cluster, else `quick`.
find_package(GTest REQUIRED)
include(GoogleTest)

# Paths come from one object file, so that the tests' own objects do not
# depend on where the tree lies.
set(SELFHEAL_BINARY_PATH "")
if(TARGET selfheal)
  set(SELFHEAL_BINARY_PATH $<TARGET_FILE:selfheal>)
endif()
set(KUBESIM_BINARY_PATH "")

# tests/kubesim: the Kubernetes simulator as a library and a program.
file(GLOB kubesim_main CONFIGURE_DEPENDS
  ${PROJECT_SOURCE_DIR}/tests/kubesim/main.cc)
selfheal_glob(sources tests/kubesim)
list(FILTER sources EXCLUDE REGEX "(/main|_test)\\.cc$")
selfheal_library(kubesim_lib SOURCES ${sources}
  LINKS selfheal_core selfheal_httplib nlohmann_json::nlohmann_json)
if(kubesim_main)
  add_executable(kubesim ${kubesim_main})
  target_link_libraries(kubesim PRIVATE kubesim_lib)
  set_target_properties(kubesim PROPERTIES
    RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR})
  set(KUBESIM_BINARY_PATH $<TARGET_FILE:kubesim>)
endif()

file(GENERATE OUTPUT ${PROJECT_BINARY_DIR}/generated/paths.cc CONTENT
"#include \"tests/support/paths.h\"

namespace selfheal::testing {
std::string SourceDir() { return \"${PROJECT_SOURCE_DIR}\"; }
std::string BuildDir() { return \"${PROJECT_BINARY_DIR}\"; }
std::string SelfhealBinary() { return \"${SELFHEAL_BINARY_PATH}\"; }
std::string KubesimBinary() { return \"${KUBESIM_BINARY_PATH}\"; }
}  // namespace selfheal::testing
")
selfheal_glob(sources tests/support tests/fakes)
selfheal_library(selfheal_test_support
  SOURCES ${PROJECT_BINARY_DIR}/generated/paths.cc ${sources}
  LINKS selfheal_stages selfheal_codec selfheal_core GTest::gtest)
target_include_directories(selfheal_test_support PUBLIC
  ${PROJECT_SOURCE_DIR}/tests)

# Folders whose tests need no adapter, so that they build without them.
set(SELFHEAL_PURE_TESTS core config codec intake correlate collect assess plan
  guard execute verify record flow architecture)
set(SELFHEAL_SLOW_TESTS e2e cluster)

file(GLOB_RECURSE files CONFIGURE_DEPENDS RELATIVE
  ${PROJECT_SOURCE_DIR}/tests ${PROJECT_SOURCE_DIR}/tests/*_test.cc)
set(folders)
foreach(file ${files})
  string(REGEX MATCH "^[^/]+/" folder ${file})
  string(REPLACE "/" "" folder "${folder}")
  list(APPEND folders ${folder})
endforeach()
list(REMOVE_DUPLICATES folders)

set(SELFHEAL_TEST_TARGETS)
foreach(folder ${folders})
  set(target selfheal_${folder}_tests)
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS
    ${PROJECT_SOURCE_DIR}/tests/${folder}/*.cc)
  list(FILTER sources EXCLUDE REGEX "/main\\.cc$")
  if(folder STREQUAL "kubesim" OR folder STREQUAL "support" OR
     folder STREQUAL "fakes")
    list(FILTER sources INCLUDE REGEX "_test\\.cc$")
  endif()
  add_executable(${target} ${sources})
  target_link_libraries(${target} PRIVATE selfheal_test_support
    GTest::gtest_main)
  if(NOT folder IN_LIST SELFHEAL_PURE_TESTS)
    target_link_libraries(${target} PRIVATE selfheal_receiver kubesim_lib)
    foreach(program selfheal kubesim)
      if(TARGET ${program})
        add_dependencies(${target} ${program})
      endif()
    endforeach()
  endif()
  set(label quick)
  set(timeout 120)
  if(folder IN_LIST SELFHEAL_SLOW_TESTS)
    set(label slow)
    set(timeout 900)
  endif()
  set(environment "SELFHEAL_SOURCE_DIR=${PROJECT_SOURCE_DIR}"
    "SELFHEAL_BINARY=${SELFHEAL_BINARY_PATH}"
    "KUBESIM_BINARY=${KUBESIM_BINARY_PATH}")
  if(SELFHEAL_WHOLE_TESTS)
    math(EXPR timeout "${timeout} * 6")
    add_test(NAME ${folder} COMMAND ${target}
      WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
    set_tests_properties(${folder} PROPERTIES LABELS ${label}
      TIMEOUT ${timeout} ENVIRONMENT "${environment}")
  else()
    gtest_discover_tests(${target} TEST_PREFIX ${folder}.
      DISCOVERY_MODE PRE_TEST DISCOVERY_TIMEOUT 60
      WORKING_DIRECTORY ${PROJECT_SOURCE_DIR}
      PROPERTIES LABELS ${label} TIMEOUT ${timeout})
  endif()
  list(APPEND SELFHEAL_TEST_TARGETS ${target})
endforeach()
if(SELFHEAL_TEST_TARGETS)
  add_custom_target(selfheal_all_tests DEPENDS ${SELFHEAL_TEST_TARGETS})
endif()
