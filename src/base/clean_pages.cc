#include "base/clean_pages.h"

#include <cstdint>

#include <sys/mman.h>
#include <unistd.h>

namespace gantry {

void drop_clean_pages(std::span<const char> bytes) {
  const auto page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
  const std::size_t before = (page - reinterpret_cast<std::uintptr_t>(bytes.data()) % page) % page;
  if (bytes.size() < before + page) return;
  const auto whole = bytes.subspan(before, (bytes.size() - before) / page * page);
  madvise(const_cast<char*>(whole.data()), whole.size(), MADV_DONTNEED);
}

}  // namespace gantry
