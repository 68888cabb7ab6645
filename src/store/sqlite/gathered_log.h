#pragma once
// A file system of SQLite that writes the log (-wal) in large pieces, where SQLite makes two system
// calls for each page. Everything but the log is the default file system's.
//
// Only for a connection with `synchronous = FULL`: what is gathered reaches the file when SQLite
// syncs, and other connections may look for a commit's pages after that at the earliest. A failed
// write is told by the call that needed its place, at the latest by the sync.

namespace gantry::store::sqlite {

// Its name, for sqlite3_open_v2(). What is the default file system at the first call lies below.
const char* gathered_log_file_system();

}  // namespace gantry::store::sqlite
