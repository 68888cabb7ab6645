#include "app/resident_memory.h"

#include <cstdint>
#include <cstring>

#include <link.h>
#include <malloc.h>

#include "base/clean_pages.h"

namespace gantry::app {
namespace {

constexpr int kLargeBytes = 256 * 1024;

// Only segments that were never writable: their pages are the file's own, so nothing can be lost.
int drop_pages(dl_phdr_info* object, std::size_t, void*) {
  for (int i = 0; i < object->dlpi_phnum; ++i) {
    const ElfW(Phdr)& segment = object->dlpi_phdr[i];
    if (segment.p_type != PT_LOAD || (segment.p_flags & PF_W) != 0) continue;
    const char* begin = nullptr;
    const std::uintptr_t address = object->dlpi_addr + segment.p_vaddr;
    static_assert(sizeof begin == sizeof address);
    std::memcpy(&begin, &address, sizeof begin);
    drop_clean_pages({begin, segment.p_filesz});
  }
  return 0;
}

}  // namespace

void keep_large_blocks_apart() {
  mallopt(M_MMAP_THRESHOLD, kLargeBytes);
}

void give_back_start_memory() {
  malloc_trim(0);
  dl_iterate_phdr(drop_pages, nullptr);
}

}  // namespace gantry::app
