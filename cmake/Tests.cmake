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

if(TARGET kubesim)
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
selfheal_library(selfheal_test_paths
  SOURCES ${PROJECT_BINARY_DIR}/generated/paths.cc LINKS GTest::gtest)
target_include_directories(selfheal_test_paths PUBLIC
  ${PROJECT_SOURCE_DIR}/tests)
selfheal_glob(sources tests/support tests/fakes)
selfheal_library(selfheal_test_support SOURCES ${sources}
  LINKS selfheal_test_paths selfheal_fakes selfheal_stages selfheal_codec
    selfheal_core)

# Folders that tell stories of the whole pipeline, on one thread.
set(SELFHEAL_PIPELINE_TESTS fault scenarios)

# Folders whose tests need no adapter, so that they build without them.
set(SELFHEAL_PURE_TESTS core config codec intake correlate collect assess plan
  guard execute verify record flow architecture)
# Those that drive the receiver, or read what it prints, without a cluster.
set(SELFHEAL_RECEIVER_TESTS receiver readme fuzz)
# Those that read the sources and call none of the product.
set(SELFHEAL_READING_TESTS architecture)
set(SELFHEAL_SLOW_TESTS e2e cluster)
# Folders whose tests share what is dear to start: one ctest entry each.
set(SELFHEAL_SHARING_TESTS postgres)
# Folders whose tests start threads: they also run under ThreadSanitizer.
set(SELFHEAL_THREADED_TESTS core flow record adapters app receiver kubesim)

file(GLOB_RECURSE files CONFIGURE_DEPENDS RELATIVE
  ${PROJECT_SOURCE_DIR}/tests ${PROJECT_SOURCE_DIR}/tests/*_test.cc)
set(folders)
foreach(file ${files})
  string(REGEX MATCH "^[^/]+/" folder ${file})
  string(REPLACE "/" "" folder "${folder}")
  list(APPEND folders ${folder})
endforeach()
list(REMOVE_DUPLICATES folders)

if(SELFHEAL_PCH)
  file(WRITE ${PROJECT_BINARY_DIR}/generated/main.cc "int main() {}\n")
  add_executable(selfheal_test_pch EXCLUDE_FROM_ALL
    ${PROJECT_BINARY_DIR}/generated/main.cc)
  target_link_libraries(selfheal_test_pch PRIVATE selfheal_flags GTest::gtest)
  target_precompile_headers(selfheal_test_pch PRIVATE ${SELFHEAL_STD_HEADERS}
    <gtest/gtest.h>)
endif()

set(SELFHEAL_TEST_TARGETS)
set(SELFHEAL_THREADED_TARGETS)
foreach(folder ${folders})
  set(target selfheal_${folder}_tests)
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS
    ${PROJECT_SOURCE_DIR}/tests/${folder}/*.cc)
  list(FILTER sources EXCLUDE REGEX "/main\\.cc$")
  if(folder STREQUAL "postgres")
    # The contract of the store, over this one too.
    file(GLOB contract CONFIGURE_DEPENDS
      ${PROJECT_SOURCE_DIR}/tests/contract/store_*_test.cc
      ${PROJECT_SOURCE_DIR}/tests/contract/store_world.cc)
    list(APPEND sources ${contract})
  endif()
  if(folder STREQUAL "kubesim" OR folder STREQUAL "support" OR
     folder STREQUAL "fakes")
    list(FILTER sources INCLUDE REGEX "_test\\.cc$")
  endif()
  add_executable(${target} ${sources})
  target_link_libraries(${target} PRIVATE selfheal_test_paths
    GTest::gtest_main)
  if(NOT folder IN_LIST SELFHEAL_READING_TESTS)
    target_link_libraries(${target} PRIVATE selfheal_test_support)
  endif()
  if(SELFHEAL_PCH)
    target_precompile_headers(${target} REUSE_FROM selfheal_test_pch)
  endif()
  if(folder IN_LIST SELFHEAL_PIPELINE_TESTS)
    target_link_libraries(${target} PRIVATE selfheal_sim)
  elseif(folder IN_LIST SELFHEAL_SHARING_TESTS)
    target_link_libraries(${target} PRIVATE selfheal_app)
  elseif(NOT folder IN_LIST SELFHEAL_PURE_TESTS)
    target_link_libraries(${target} PRIVATE selfheal_receiver)
    set(programs selfheal)
    if(NOT folder IN_LIST SELFHEAL_RECEIVER_TESTS)
      target_link_libraries(${target} PRIVATE kubesim_lib)
      list(APPEND programs kubesim)
    endif()
    foreach(program ${programs})
      if(TARGET ${program})
        add_dependencies(${target} ${program})
      endif()
    endforeach()
  endif()
  set(label quick)
  set(timeout 120)
  set(serial)
  if(folder IN_LIST SELFHEAL_SLOW_TESTS)
    set(label slow)
    set(timeout 900)
    set(serial RUN_SERIAL ON)
  endif()
  if(SELFHEAL_WHOLE_TESTS)
    if(folder IN_LIST SELFHEAL_THREADED_TESTS)
      list(APPEND label threaded)
      list(APPEND SELFHEAL_THREADED_TARGETS ${target})
    endif()
    math(EXPR timeout "${timeout} * 15")
    add_test(NAME ${folder} COMMAND ${target}
      WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
    set_tests_properties(${folder} PROPERTIES LABELS "${label}"
      TIMEOUT ${timeout})
  elseif(folder IN_LIST SELFHEAL_SHARING_TESTS)
    add_test(NAME ${folder} COMMAND ${target}
      WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
    set_tests_properties(${folder} PROPERTIES LABELS ${label}
      TIMEOUT ${timeout} SKIP_REGULAR_EXPRESSION "\\[  SKIPPED \\]")
  else()
    gtest_discover_tests(${target} TEST_PREFIX ${folder}.
      DISCOVERY_MODE PRE_TEST DISCOVERY_TIMEOUT 60
      WORKING_DIRECTORY ${PROJECT_SOURCE_DIR}
      PROPERTIES LABELS ${label} TIMEOUT ${timeout} ${serial})
  endif()
  list(APPEND SELFHEAL_TEST_TARGETS ${target})
endforeach()
# The slow ones drive the release build's programs from outside.
set(quick ${SELFHEAL_TEST_TARGETS})
list(FILTER quick EXCLUDE REGEX "_(e2e|cluster)_tests$")
add_custom_target(selfheal_quick_tests)
add_custom_target(selfheal_threaded_tests)
foreach(target ${quick})
  add_dependencies(selfheal_quick_tests ${target})
endforeach()
foreach(target ${SELFHEAL_THREADED_TARGETS})
  add_dependencies(selfheal_threaded_tests ${target})
endforeach()

# tests/e2e, tests/page and tests/cluster, *_test.py: stories over real
# processes, one ctest entry a method. They need the programs of an ordinary build.
if(NOT SELFHEAL_SANITIZE)
  file(GLOB stories CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tests/e2e/*_test.py
    ${PROJECT_SOURCE_DIR}/tests/page/*_test.py
    ${PROJECT_SOURCE_DIR}/tests/cluster/*_test.py)
  foreach(story ${stories})
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${story})
    cmake_path(GET story PARENT_PATH folder)
    cmake_path(GET folder FILENAME folder)
    cmake_path(GET story STEM name)
    string(REGEX REPLACE "_test$" "" name ${name})
    file(STRINGS ${story} methods REGEX "^    def test_[a-z0-9_]+")
    foreach(method ${methods})
      string(REGEX REPLACE "^    def (test_[a-z0-9_]+).*" "\\1" method
        "${method}")
      add_test(NAME ${folder}.${name}.${method}
        COMMAND python3 -B ${story} -v -k *.${method}
        WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
      # Most of a story is waiting, so two run beside each other; not where
      # all of the machine is needed, or its speed is what is told.
      set(serial OFF)
      # The longest come first, so that none is left to run alone.
      set(cost 0)
      if(folder STREQUAL "page" OR name STREQUAL "slack")
        set(cost 1)
      endif()
      if(folder STREQUAL "cluster" OR name STREQUAL "backtest")
        set(serial ON)
      endif()
      set_tests_properties(${folder}.${name}.${method} PROPERTIES LABELS slow
        RUN_SERIAL ${serial} COST ${cost} TIMEOUT 1200
        SKIP_REGULAR_EXPRESSION "OK \\(skipped=1\\);NO TESTS RAN"
        ENVIRONMENT "SELFHEAL_BUILD=${PROJECT_BINARY_DIR}")
    endforeach()
  endforeach()
endif()

# tests/checks/*.sh: checks of files by the tools of their owners (promtool,
# amtool). Exit 77 = skipped, the reason on the last line.
if(NOT SELFHEAL_SANITIZE)
  file(GLOB checks CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tests/checks/*.sh)
  foreach(check ${checks})
    cmake_path(GET check STEM name)
    add_test(NAME check.${name} COMMAND bash ${check}
      WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
    set_tests_properties(check.${name} PROPERTIES LABELS quick TIMEOUT 120
      SKIP_RETURN_CODE 77
      ENVIRONMENT "SELFHEAL_BINARY=${SELFHEAL_BINARY_PATH}")
  endforeach()
endif()
