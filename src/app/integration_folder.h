#pragma once
// A directory of integrations as files: NAME.json each, and beside it the script that it names. The
// command line reads and writes it; the server never does.

#include <string>
#include <vector>

#include "base/json.h"
#include "base/result.h"

namespace gantry::app {

// Of one description; a script is at most as long as the server takes.
inline constexpr std::size_t kDescriptionBytesMax = 1024 * 1024;
inline constexpr std::size_t kScriptFileBytesMax = 1024 * 1024;

// [{file, description, script}] by name. Errors: Failure, a line for each file that is no good.
Result<json::array> read_folder(const std::string& path);

struct WrittenFolder {
  std::size_t integrations = 0;
  std::size_t changed_files = 0;
  std::vector<std::string> left_over;  // descriptions of what is not there
};
enum class FileRights { Usual, OwnerOnly };

// Writes [{description, script}] so that what is unchanged stays byte by byte, under the name that
// the integration has there, else one made of its own. Errors: Failure.
Result<WrittenFolder> write_folder(const std::string& path, const json::array& integrations,
                                   FileRights rights);

// The whole file. Errors: Failure.
Result<std::string> read_file(const std::string& path, std::size_t bytes_max);

}  // namespace gantry::app
