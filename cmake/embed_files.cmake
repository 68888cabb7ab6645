# Writes OUT: an assembler include (.incbin) for each of FILES and a table of them.
set(text "#include \"base/embedded.h\"\n\n")
set(table "")
set(index 0)
foreach(file IN LISTS FILES)
  get_filename_component(base ${file} NAME)
  string(APPEND text
    "asm(\".section .rodata\\n.global gantry_${NAME}_${index}\\n.global gantry_${NAME}_${index}_end\\n\"\n"
    "    \"gantry_${NAME}_${index}:\\n.incbin \\\"${file}\\\"\\n\"\n"
    "    \"gantry_${NAME}_${index}_end:\\n.byte 0\\n.text\\n\");\n"
    "extern \"C\" const char gantry_${NAME}_${index}[];\n"
    "extern \"C\" const char gantry_${NAME}_${index}_end[];\n")
  string(APPEND table
    "      {\"${base}\", {gantry_${NAME}_${index}, static_cast<std::size_t>(gantry_${NAME}_${index}_end - gantry_${NAME}_${index})}},\n")
  math(EXPR index "${index} + 1")
endforeach()
string(APPEND text
  "\nnamespace gantry::embedded {\n\nstd::span<const EmbeddedFile> ${NAME}() {\n"
  "  static const EmbeddedFile files[] = {\n${table}  };\n  return files;\n}\n\n}  // namespace gantry::embedded\n")
file(WRITE ${OUT} "${text}")
