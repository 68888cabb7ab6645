#include "integrations/script/worker_program.h"

#include <array>
#include <cerrno>
#include <memory>
#include <span>
#include <string_view>
#include <system_error>

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>
#include <zlib.h>

#include "base/clean_pages.h"
#include "base/embedded.h"
#include "integrations/script/script_worker.h"

namespace gantry::embedded {
std::span<const EmbeddedFile> script_worker();
}

namespace gantry::integrations::script {

namespace {

constexpr char kName[] = "gantry-script-worker";
constexpr std::size_t kUnpackedAtOnce = 64 * 1024;
// Kernels from 6.3 on want to be told; older ones know no such flag. See memfd_create(2).
constexpr unsigned kMayBeExecuted = 0x10;

[[noreturn]] void fail(const char* what) {
  throw std::system_error(errno, std::generic_category(), what);
}

// Out of the way of the numbers that a worker finds its descriptors under.
int open_file() {
  constexpr unsigned kFlags = MFD_CLOEXEC | MFD_ALLOW_SEALING;
  int made = memfd_create(kName, kFlags | kMayBeExecuted);
  if (made < 0 && errno == EINVAL) made = memfd_create(kName, kFlags);
  if (made < 0) fail("memfd_create");
  const int file = fcntl(made, F_DUPFD_CLOEXEC, kScriptWorkerProgramFile + 1);
  close(made);
  if (file < 0) fail("fcntl");
  return file;
}

void write_all(int file, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = write(file, bytes.data(), bytes.size());
    if (written < 0 && errno != EINTR) fail("write");
    if (written > 0) bytes.remove_prefix(static_cast<std::size_t>(written));
  }
}

// Of gzip's form.
void write_unpacked(int file, std::string_view packed) {
  constexpr int kGzip = 16;
  z_stream stream{};
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
  stream.avail_in = static_cast<uInt>(packed.size());
  if (inflateInit2(&stream, MAX_WBITS + kGzip) != Z_OK) {
    errno = ENOMEM;
    fail("inflate");
  }
  const std::unique_ptr<z_stream, int (*)(z_stream*)> owner(&stream, inflateEnd);
  std::array<char, kUnpackedAtOnce> out;
  for (int state = Z_OK; state != Z_STREAM_END;) {
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = out.size();
    state = inflate(&stream, Z_NO_FLUSH);
    if (state != Z_OK && state != Z_STREAM_END) {
      errno = EBADMSG;
      fail("inflate");
    }
    write_all(file, {out.data(), out.size() - stream.avail_out});
  }
}

}  // namespace

WorkerProgram::WorkerProgram() : file_(open_file()) {
  const std::string_view bytes = embedded::script_worker().front().bytes;
  try {
    write_unpacked(file_, bytes);
  } catch (...) {
    close(file_);
    throw;
  }
  fcntl(file_, F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_SEAL);
  // Nobody reads these again: they need not count as the server's.
  drop_clean_pages(bytes);
}

WorkerProgram::~WorkerProgram() {
  close(file_);
}

}  // namespace gantry::integrations::script
