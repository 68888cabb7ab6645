#include "store/archive/archive_reader.h"

#include <algorithm>

#include "base/running_hash.h"
#include "domain/error_codes.h"

namespace gantry::store::archive {
namespace {

bool is_zero(std::string_view block) {
  return std::all_of(block.begin(), block.end(), [](char c) { return c == '\0'; });
}

}  // namespace

Result<ArchiveReader> ArchiveReader::open(const std::string& path) {
  TRY(DiskFile file, DiskFile::open(path));
  TRY(const std::uint64_t size, file.size());
  ArchiveReader reader(path, std::move(file));
  if (size == 0) return reader.damaged("it is empty");
  return reader;
}

Error ArchiveReader::damaged(const std::string& what) const {
  return Error(ErrorCode::StorageFailed, path_ + " is damaged: " + what + "; take another backup");
}

Result<void> ArchiveReader::fill(std::string& out) {
  TRY(const std::size_t got, file_.read(out));
  if (got < out.size()) return damaged("it ends too early");
  return Done{};
}

Result<std::optional<UstarHeader>> ArchiveReader::next() {
  if (unread_) return damaged("files follow each other in another order");
  std::string block(kBlockBytes, '\0');
  TRY_DO(fill(block));
  if (is_zero(block)) {
    TRY_DO(read_end());
    return std::optional<UstarHeader>();
  }
  auto header = from_block(block);
  if (!header) return damaged("a file's header is wrong");
  now_ = *std::move(header);
  unread_ = true;
  return std::optional<UstarHeader>(now_);
}

Result<void> ArchiveReader::read_end() {
  std::string rest(kBlockBytes, '\0');
  TRY_DO(fill(rest));
  if (!is_zero(rest)) return damaged("its end is wrong");
  TRY(const std::size_t more, file_.read(rest));
  if (more > 0) return damaged("something follows its end");
  return Done{};
}

Result<std::string> ArchiveReader::read(const Take& take) {
  unread_ = false;
  RunningSha256 hash;
  std::string piece;
  for (std::uint64_t left = now_.bytes; left > 0; left -= piece.size()) {
    piece.resize(static_cast<std::size_t>(std::min<std::uint64_t>(left, kPieceBytes)));
    TRY_DO(fill(piece));
    hash.update(piece);
    TRY_DO(take(piece));
  }
  std::string padding(padding_of(now_.bytes), '\0');
  TRY_DO(fill(padding));
  if (!is_zero(padding)) return damaged("what fills " + now_.name + " is wrong");
  return hash.hex();
}

Result<std::string> ArchiveReader::read_text(std::size_t bytes_max, std::string* sha256) {
  if (now_.bytes > bytes_max) return damaged(now_.name + " is too long");
  std::string out;
  const Take take = [&out](std::string_view piece) -> Result<void> {
    out += piece;
    return Done{};
  };
  TRY(*sha256, read(take));
  return out;
}

}  // namespace gantry::store::archive
