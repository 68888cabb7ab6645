// Keeps the address of the linear memory in a register while the engine runs. The translator reads
// it through two pointers for each access, and every store makes the compiler read both again.
//
// GCC on x86-64 only; elsewhere the translation stays as it is. The address never changes during a
// call: memories grow in place (worker/linear_memory.h). r15 belongs to whoever called, so each way
// in gives it back; a trap that leaves by longjmp has it restored there.

const DECLARATIONS = `
#if defined(__GNUC__) && !defined(__clang__) && defined(__x86_64__)
register u8* memory_base __asm__("r15");
#define MEMORY_BASE(mem) memory_base
#define ENTER_MEMORY(instance)             \\
  u8* const callers_base = memory_base;    \\
  memory_base = (instance)->MEMORY->data
#define LEAVE_MEMORY memory_base = callers_base
#else
#define MEMORY_BASE(mem) (mem)->data
#define ENTER_MEMORY(instance)
#define LEAVE_MEMORY
#endif
`;

function replace_all(source, what, by, wanted) {
  let count = 0;
  const out = source.replace(what, (...match) => {
    ++count;
    return by(...match);
  });
  if (wanted ? count !== wanted : count === 0) throw new Error(`the translation has ${count} of ${what}`);
  return out;
}

// `memory` is the instance's field that points to the imported memory.
export function use_base_register(source, memory) {
  // Of the two byte orders the translator writes both; this is how the little-endian one reads.
  let out = replace_all(source, /&mem->data\[addr\]/g, () => '&MEMORY_BASE(mem)[addr]', 2);
  out = replace_all(out, /^DEFINE_LOAD\(i32_load, /gm,
                    (first) => `${DECLARATIONS.replace('MEMORY->', `${memory}->`)}\n${first}`, 1);
  out = replace_all(out, /^(\w+) (Z_qjsZ_\w+\(.*\)) \{\n {2}return (w2c_.*);\n\}/gm, (_, type, name, call) =>
    (type === 'void'
      ? `${type} ${name} {\n  ENTER_MEMORY(instance);\n  ${call};\n  LEAVE_MEMORY;\n}`
      : `${type} ${name} {\n  ENTER_MEMORY(instance);\n  ${type} const result = ${call};\n  LEAVE_MEMORY;\n  return result;\n}`));
  return replace_all(out, /^( {2}init_elem_instances\(instance\);\n)( {2}w2c_\w+\(instance\);\n)/gm,
                     (_, before, start) => `${before}  ENTER_MEMORY(instance);\n${start}  LEAVE_MEMORY;\n`, 1);
}
