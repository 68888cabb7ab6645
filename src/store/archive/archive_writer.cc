#include "store/archive/archive_writer.h"

#include <algorithm>

#include <unistd.h>

#include "base/crypto.h"
#include "base/running_hash.h"
#include "domain/error_codes.h"
#include "store/archive/ustar.h"

namespace gantry::store::archive {

Result<ArchiveWriter> ArchiveWriter::create(const std::string& path, Time now) {
  TRY(DiskFile file, DiskFile::create(unfinished_path(path)));
  return ArchiveWriter(path, now, std::move(file));
}

ArchiveWriter::~ArchiveWriter() {
  if (!path_.empty()) ::unlink(unfinished_path(path_).c_str());
}

Result<void> ArchiveWriter::begin(const std::string& name, std::uint64_t bytes) {
  if (name.empty() || name.size() > kNameBytesMax) return failure("no name for a file: " + name);
  return file_.write(to_block({name, bytes}, now_));
}

Result<void> ArchiveWriter::end(const std::string& name, std::uint64_t bytes, std::string sha256) {
  TRY_DO(file_.write(std::string(padding_of(bytes), '\0')));
  files_.push_back({name, bytes, std::move(sha256)});
  return Done{};
}

Result<void> ArchiveWriter::add(const std::string& name, std::string_view bytes) {
  TRY_DO(begin(name, bytes.size()));
  TRY_DO(file_.write(bytes));
  return end(name, bytes.size(), sha256_hex(bytes));
}

Result<void> ArchiveWriter::add_file(const std::string& name, const std::string& source,
                                     const std::atomic<bool>& stop) {
  TRY(DiskFile from, DiskFile::open(source));
  TRY(const std::uint64_t bytes, from.size());
  TRY_DO(begin(name, bytes));
  RunningSha256 hash;
  std::string piece;
  for (std::uint64_t left = bytes; left > 0; left -= piece.size()) {
    if (stop) return ErrorCode::Unavailable;
    piece.resize(static_cast<std::size_t>(std::min<std::uint64_t>(left, kPieceBytes)));
    TRY(const std::size_t got, from.read(piece));
    if (got < piece.size()) return failure(source + " became shorter while it was copied");
    hash.update(piece);
    TRY_DO(file_.write(piece));
  }
  return end(name, bytes, hash.hex());
}

Result<std::uint64_t> ArchiveWriter::finish() {
  TRY_DO(file_.write(std::string(2 * kBlockBytes, '\0')));
  TRY_DO(file_.sync());
  TRY(const std::uint64_t size, file_.size());
  TRY_DO(rename_synced(unfinished_path(path_), path_));
  path_.clear();
  return size;
}

}  // namespace gantry::store::archive
