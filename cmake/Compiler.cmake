# Language, warnings, hardening and sanitizers of every target.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "Build type" FORCE)
endif()
# Without NDEBUG: invariants are checked in release builds too.
set(CMAKE_CXX_FLAGS_RELEASE "-O2")

include(CheckPIESupported)
check_pie_supported(LANGUAGES CXX)
include(CheckCXXCompilerFlag)
set(THREADS_PREFER_PTHREAD_FLAG ON)
find_package(Threads REQUIRED)

add_library(selfheal_flags INTERFACE)
target_compile_options(selfheal_flags INTERFACE -Wall -Wextra -Wpedantic
  -Werror)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # GCC 12 reports both inside std::string and std::variant of correct code
  # (GCC bugs 105651 and 105562 among others).
  target_compile_options(selfheal_flags INTERFACE -Wno-restrict
    -Wno-maybe-uninitialized)
  # From a precompiled header the standard library no longer counts as a
  # system header, so more of the same kind is reported inside it.
  if(SELFHEAL_PCH)
    target_compile_options(selfheal_flags INTERFACE -Wno-array-bounds
      -Wno-stringop-overflow -Wno-stringop-overread)
  endif()
endif()
# Some libraries ask for the flag, and precompiled headers need it everywhere.
target_compile_options(selfheal_flags INTERFACE -pthread)
target_link_libraries(selfheal_flags INTERFACE Threads::Threads)
target_include_directories(selfheal_flags INTERFACE
  ${PROJECT_SOURCE_DIR}/src ${PROJECT_SOURCE_DIR})
target_compile_definitions(selfheal_flags INTERFACE _GLIBCXX_ASSERTIONS)

if(SELFHEAL_SANITIZE)
  target_compile_options(selfheal_flags INTERFACE
    -fsanitize=${SELFHEAL_SANITIZE} -fno-omit-frame-pointer
    -fno-sanitize-recover=all)
  target_link_options(selfheal_flags INTERFACE
    -fsanitize=${SELFHEAL_SANITIZE})
  if(SELFHEAL_SANITIZE MATCHES "thread" AND
     CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    target_compile_options(selfheal_flags INTERFACE -Wno-tsan)
  endif()
else()
  # Debian's compilers may predefine the macro, so it is reset first.
  target_compile_options(selfheal_flags INTERFACE
    $<$<NOT:$<CONFIG:Debug>>:-U_FORTIFY_SOURCE>
    $<$<NOT:$<CONFIG:Debug>>:-D_FORTIFY_SOURCE=2>
    -fstack-protector-strong)
  foreach(flag stack-clash-protection cf-protection)
    check_cxx_compiler_flag(-f${flag} SELFHEAL_HAS_${flag})
    if(SELFHEAL_HAS_${flag})
      target_compile_options(selfheal_flags INTERFACE -f${flag})
    endif()
  endforeach()
  target_link_options(selfheal_flags INTERFACE -Wl,-z,relro -Wl,-z,now)
endif()
