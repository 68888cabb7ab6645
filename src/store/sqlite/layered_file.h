#pragma once
// What a file system of SQLite needs that lies above another one: its `File` begins with a
// sqlite3_file, and the file of the file system below follows it in memory.

#include <sqlite3.h>

namespace gantry::store::sqlite {

template <class File>
File& above(sqlite3_file* file) {
  return *reinterpret_cast<File*>(file);
}

template <class File>
sqlite3_file* below(sqlite3_file* file) {
  return reinterpret_cast<sqlite3_file*>(reinterpret_cast<char*>(file) + sizeof(File));
}

template <class File, auto kMethod, class Answer, class... Arguments>
Answer hand_down(sqlite3_file* file, Arguments... arguments) {
  return (below<File>(file)->pMethods->*kMethod)(below<File>(file), arguments...);
}

// Hands every call down, for a file system to replace those that it does itself. Nothing is mapped
// into memory, which would pass by the replaced ones.
template <class File>
constexpr sqlite3_io_methods handing_down() {
  using Methods = sqlite3_io_methods;
  return {
      .iVersion = 3,
      .xClose = hand_down<File, &Methods::xClose>,
      .xRead = hand_down<File, &Methods::xRead>,
      .xWrite = hand_down<File, &Methods::xWrite>,
      .xTruncate = hand_down<File, &Methods::xTruncate>,
      .xSync = hand_down<File, &Methods::xSync>,
      .xFileSize = hand_down<File, &Methods::xFileSize>,
      .xLock = hand_down<File, &Methods::xLock>,
      .xUnlock = hand_down<File, &Methods::xUnlock>,
      .xCheckReservedLock = hand_down<File, &Methods::xCheckReservedLock>,
      .xFileControl = hand_down<File, &Methods::xFileControl>,
      .xSectorSize = hand_down<File, &Methods::xSectorSize>,
      .xDeviceCharacteristics = hand_down<File, &Methods::xDeviceCharacteristics>,
      .xShmMap = hand_down<File, &Methods::xShmMap>,
      .xShmLock = hand_down<File, &Methods::xShmLock>,
      .xShmBarrier = hand_down<File, &Methods::xShmBarrier>,
      .xShmUnmap = hand_down<File, &Methods::xShmUnmap>,
      .xFetch =
          [](sqlite3_file*, sqlite3_int64, int, void** page) {
            *page = nullptr;
            return SQLITE_OK;
          },
      .xUnfetch = [](sqlite3_file*, sqlite3_int64, void*) { return SQLITE_OK; },
  };
}

}  // namespace gantry::store::sqlite
