# Writes OUTPUT: C++ that holds every JSON file of this folder, byte for byte, for handlers/site/openapi_files.hpp.
#   cmake -DOUTPUT=… -P embed.cmake
file(GLOB files ${CMAKE_CURRENT_LIST_DIR}/*.json)
set(arrays "")
set(entries "")
foreach(file IN LISTS files)
  get_filename_component(name ${file} NAME_WE)
  # Characters one by one: literals have a limit, and no byte needs escaping.
  file(READ ${file} bytes HEX)
  string(REGEX REPLACE "(..)" "'\\\\x\\1'," bytes "${bytes}")
  string(APPEND arrays "constexpr char ${name}_text[] = {${bytes}};\n")
  string(APPEND entries "    {\"${name}\", {${name}_text, sizeof ${name}_text}},\n")
endforeach()
file(WRITE ${OUTPUT} "#include \"handlers/site/openapi_files.hpp\"

namespace nopassd::handlers::site {

namespace {

${arrays}
constexpr OpenApiFile files[] = {
${entries}};

}  // namespace

std::span<const OpenApiFile> openapi_files() { return files; }

}  // namespace nopassd::handlers::site
")
