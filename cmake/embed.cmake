# cmake -D FILES=a;b -D OUT=x.cc -P embed.cmake: the files' bytes as the
# definition of WebFiles() of receiver/web_files.h.
set(arrays "")
set(rows "")
set(count 0)
foreach(file IN LISTS FILES)
  cmake_path(GET file FILENAME name)
  # The minified builds are served under plain names.
  string(REGEX REPLACE "\\.iife|\\.min" "" name ${name})
  string(TOLOWER ${name} name)
  file(READ ${file} hex HEX)
  string(REGEX REPLACE "(..)" "0x\\1," bytes "${hex}")
  string(REGEX REPLACE "([^\n]................................................................)" "\\1\n" bytes "${bytes}")
  string(APPEND arrays "constexpr unsigned char kFile${count}[] = {\n${bytes}\n};\n")
  string(APPEND rows "    {\"${name}\", Text(kFile${count})},\n")
  math(EXPR count "${count} + 1")
endforeach()
file(WRITE ${OUT} "#include \"receiver/web_files.h\"

#include <cstddef>

namespace selfheal {
namespace {

${arrays}
template <std::size_t N>
std::string_view Text(const unsigned char (&bytes)[N]) {
  return {reinterpret_cast<const char*>(bytes), N};
}

}  // namespace

std::span<const WebFile> WebFiles() {
  static const WebFile kFiles[] = {
${rows}  };
  return kFiles;
}

}  // namespace selfheal
")
