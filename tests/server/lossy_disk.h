#pragma once
// A disk that forgets, for the server of the tests: SQLite's default file system with what was
// written kept in memory until it is synced. When the process dies, what a loss of power could take
// is gone; a part of it, chosen by a seed, may have reached the disk all the same. It can also end
// the process at a chosen call. Used from any thread.

#include <cstdint>
#include <string_view>

namespace gantry::testing {

enum class Memory {
  Kept,  // the machine outlives the process: what was written stays
  Lost,  // it does not: what was not synced is lost
};

// Goes in front of every database that is opened after it. To be called once.
void install_lossy_disk(Memory memory);

// The process dies before the next such call but `after`: `operation` is write, sync or truncate;
// `file` is log, journal, database or any. False when a word is unknown. What of the unsynced bytes
// survives is chosen by the seed; nothing with 0.
bool die_at(std::string_view operation, std::string_view file, std::int64_t after,
            std::uint64_t seed);
void die_now(std::uint64_t seed);

// From now on a sync of the log says that it is done, and is not.
void lie_about_syncs();

}  // namespace gantry::testing
