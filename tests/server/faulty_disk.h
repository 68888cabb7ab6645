#pragma once
// A disk that fails when told, for the server of the tests: SQLite's default file system with
// faults in front of its calls. An operation that fails does nothing. Used from any thread.

#include <cstdint>
#include <limits>
#include <string_view>

namespace gantry::testing {

// What fails from now on: `operation` is write, sync, read or truncate; `error` is full or io;
// `after` calls of this operation still succeed, `times` fail then. False when a word is unknown.
inline constexpr std::int64_t kUntilHealed = std::numeric_limits<std::int64_t>::max();
bool fail_disk(std::string_view operation, std::string_view error, std::int64_t after,
               std::int64_t times);
void heal_disk();
// Calls that failed since the last fail_disk().
std::int64_t failed_disk_calls();

// Puts the faults in front of every database that is opened after it. To be called once.
void install_faulty_disk();

}  // namespace gantry::testing
