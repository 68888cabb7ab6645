#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "acts.h"

namespace gantry::sandbox {

namespace {

constexpr std::size_t kPage = 4096;
constexpr int kSoftOffline = 101;  // glibc has no name for it
alignas(kPage) char pages[2 * kPage];
char buffer[256];

template <class... Arguments>
std::string call(long number, Arguments... arguments) {
  return said(syscall(number, arguments...));
}

std::string map(int protection, int flags, int file) {
  return call(SYS_mmap, nullptr, kPage, protection, flags, file, 0);
}

std::string protect(int protection) {
  return call(SYS_mprotect, pages, kPage, protection);
}

// With a length of nothing the kernel looks at the advice and the right to give it, and that is
// all.
std::string advise(int advice) {
  return call(SYS_madvise, pages, 0, advice);
}

constexpr Act kActs[] = {
    {"mmap memory to run",
     [] { return map(PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1); }},
    {"mmap memory to write and run",
     [] { return map(PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1); }},
    {"mmap the image to run", [] { return map(PROT_READ | PROT_EXEC, MAP_PRIVATE, image_file); }},
    {"mprotect to run", [] { return protect(PROT_READ | PROT_EXEC); }},
    {"mprotect to write and run", [] { return protect(PROT_READ | PROT_WRITE | PROT_EXEC); }},
    {"mprotect to run only", [] { return protect(PROT_EXEC); }},
    {"pkey_mprotect",
     [] { return call(SYS_pkey_mprotect, pages, kPage, PROT_READ | PROT_EXEC, -1); }},
    {"pkey_alloc", [] { return call(SYS_pkey_alloc, 9, 9); }},
    {"memfd_create", [] { return call(SYS_memfd_create, "x", 0); }},
    {"memfd_secret", [] { return call(SYS_memfd_secret, 0); }},
    {"mmap the image to change it for all",
     [] { return map(PROT_READ | PROT_WRITE, MAP_SHARED, image_file); }},
    {"madvise to poison memory", [] { return advise(MADV_HWPOISON); }},
    {"madvise to retire memory", [] { return advise(kSoftOffline); }},
    {"madvise to merge memory", [] { return advise(MADV_MERGEABLE); }},
    {"madvise to be dumped", [] { return advise(MADV_DODUMP); }},
    {"mlock", [] { return call(SYS_mlock, pages, 0); }},
    {"mlockall", [] { return call(SYS_mlockall, 0); }},
    {"mincore", [] { return call(SYS_mincore, pages, 0, buffer); }},
    {"msync", [] { return call(SYS_msync, pages, 0, 0); }},
    {"mbind", [] { return call(SYS_mbind, pages, 0, 99, nullptr, 0, 0); }},
    {"move_pages", [] { return call(SYS_move_pages, 0, 0, nullptr, nullptr, nullptr, 0); }},
    {"remap_file_pages", [] { return call(SYS_remap_file_pages, pages, 0, 0, 0, 0); }},
};

}  // namespace

std::span<const Act> memory_acts() {
  return kActs;
}

}  // namespace gantry::sandbox
