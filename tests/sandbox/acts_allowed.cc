#include <cerrno>
#include <csignal>
#include <ctime>

#include <linux/futex.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

#include "acts.h"
#include "integrations/script/script_worker.h"
#include "integrations/script/worker/linear_memory.h"
#include "probe_timer.h"

namespace gantry::sandbox {

namespace {

using namespace integrations::script;

constexpr std::size_t kPage = 4096;
constexpr int kDescriptorsMax = 1024;
constexpr std::size_t kDataStep = std::size_t{256} << 20;
char buffer[4096];

template <class... Arguments>
std::string call(long number, Arguments... arguments) {
  return said(syscall(number, arguments...));
}

void* map(std::size_t bytes, int protection) {
  return mmap(nullptr, bytes, protection, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
}

// How many ranges can be mapped until the kernel refuses, and why it does.
std::string map_until_refused(std::size_t bytes, int protection, int tries_max) {
  for (int made = 0; made < tries_max; ++made) {
    if (map(bytes, protection) == MAP_FAILED) return said(-1) + " after " + std::to_string(made);
  }
  return "no limit";
}

// Reading nothing tells an open descriptor from a closed one and asks for no other call.
std::string open_descriptors() {
  std::string found;
  for (int file = 0; file < kDescriptorsMax; ++file) {
    if (read(file, buffer, 0) == 0 || errno != EBADF) found += std::to_string(file) + " ";
  }
  return found;
}

std::string environment() {
  std::string all;
  for (char** at = environ; at != nullptr && *at != nullptr; ++at) all += std::string(*at) + "\n";
  return all;
}

std::string use_image() {
  char* const at = static_cast<char*>(
      mmap(nullptr, kWasmPageBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE, image_file, 0));
  if (at == MAP_FAILED) return said(-1);
  const bool was_there = at[1] == 7;
  at[1] = 8;
  return was_there ? "ok" : "another content";
}

std::string grow_memory() {
  LinearMemory memory(1);
  memory.set_pages_max(64);
  if (!memory.grow_to(64)) return "refused";
  memory.memory()->data[63 * kWasmPageBytes] = 1;
  return "ok";
}

std::string allocate() {
  std::string large(std::size_t{64} << 20, 'x');
  large.resize(std::size_t{128} << 20, 'y');
  return large.back() == 'y' ? "ok" : "lost";
}

// The stack ends at its limit and not in other memory.
[[gnu::noinline]] int recurse(volatile int* depth) {
  if (*depth < 0) return 0;
  volatile char frame[4096];
  frame[0] = static_cast<char>(*depth);
  *depth = *depth + 1;
  return recurse(depth) + frame[0];
}

std::string exhaust_stack() {
  volatile int depth = 0;
  return std::to_string(recurse(&depth));
}

constexpr Act kActs[] = {
    {"descriptors", &open_descriptors},
    {"environment", &environment},
    {"send on the socket", [] { return call(SYS_sendto, worker_socket, "", 0, 0, nullptr, 0); }},
    {"receive on the socket",
     [] { return call(SYS_recvfrom, worker_socket, buffer, 1, MSG_DONTWAIT, nullptr, nullptr); }},
    {"send to standard output", [] { return call(SYS_sendto, 1, "x", 1, 0, nullptr, 0); }},
    {"send to standard error", [] { return call(SYS_sendto, 2, "x", 1, 0, nullptr, 0); }},
    {"send to another address",
     [] {
       const sockaddr other{AF_UNIX, "x"};
       return call(SYS_sendto, worker_socket, "x", 1, MSG_NOSIGNAL, &other, sizeof other);
     }},
    {"map the image", &use_image},
    {"grow a script's memory", &grow_memory},
    {"give memory back",
     [] {
       void* const at = map(kPage, PROT_READ | PROT_WRITE);
       return call(SYS_madvise, at, kPage, MADV_DONTNEED);
     }},
    {"unmap memory", [] { return said(munmap(map(kPage, PROT_READ), kPage)); }},
    {"allocate", &allocate},
    {"ask for chance", [] { return said(getrandom(buffer, sizeof buffer, 0)); }},
    {"ask for the time",
     [] {
       timespec now{};
       return call(SYS_clock_gettime, CLOCK_REALTIME, &now);
     }},
    {"ask for the time in the old way",
     [] {
       timeval now{};
       return call(SYS_gettimeofday, &now, nullptr);
     }},
    {"ask for the computing time",
     [] {
       timespec now{};
       return call(SYS_clock_gettime, CLOCK_THREAD_CPUTIME_ID, &now);
     }},
    {"block signals",
     [] { return call(SYS_rt_sigprocmask, SIG_BLOCK, nullptr, nullptr, sizeof(long)); }},
    {"ask for the signal stack", [] { return call(SYS_sigaltstack, nullptr, nullptr); }},
    {"wake a waiter",
     [] {
       static int word = 0;
       return call(SYS_futex, &word, FUTEX_WAKE, 1, nullptr, nullptr, 0);
     }},
    {"be stopped by the timer", &compute_until_stopped},
    {"exceed the addresses", [] { return map_until_refused(kReservedBytes, PROT_NONE, 1024); }},
    {"exceed the memory",
     [] { return map_until_refused(kDataStep, PROT_READ | PROT_WRITE, 1024); }},
    {"exceed the stack", &exhaust_stack},
};

}  // namespace

std::span<const Act> allowed_acts() {
  return kActs;
}

}  // namespace gantry::sandbox
