# Writes OUTPUT: C++ that holds FILES, byte for byte, and a function for all of them.
#   cmake -DOUTPUT=… -DHEADER=… -DNAMESPACE=… -DTYPE=… -DFUNCTION=… -DFILES=a;b -P tools/embed.cmake
# HEADER declares `std::span<const TYPE> FUNCTION()` in NAMESPACE; a TYPE is made of a file's name and its text.
set(arrays "")
set(entries "")
set(count 0)
foreach(file IN LISTS FILES)
  get_filename_component(name ${file} NAME)
  # Characters one by one: literals have a limit, and no byte needs escaping.
  file(READ ${file} bytes HEX)
  string(REGEX REPLACE "(..)" "'\\\\x\\1'," bytes "${bytes}")
  string(APPEND arrays "constexpr char text_${count}[] = {${bytes}};\n")
  string(APPEND entries "    {\"${name}\", {text_${count}, sizeof text_${count}}},\n")
  math(EXPR count "${count} + 1")
endforeach()
file(WRITE ${OUTPUT} "#include \"${HEADER}\"

namespace ${NAMESPACE} {

namespace {

${arrays}
constexpr ${TYPE} files[] = {
${entries}};

}  // namespace

std::span<const ${TYPE}> ${FUNCTION}() { return files; }

}  // namespace ${NAMESPACE}
")
