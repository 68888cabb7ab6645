#pragma once
// The commands of the administrator's own shell (`gantry user`, `gantry token`): JSON in, JSON
// out. A running server answers them on DIR/control.sock; without one the command line opens the
// data itself and runs the same code. Streams answer with many lines while the server runs.

#include <functional>
#include <map>
#include <string>

#include "base/json.h"
#include "base/task.h"

namespace gantry::app {

// Where a stream writes its lines to. Belongs to one connection.
class LineSink {
 public:
  virtual ~LineSink() = default;
  // False when nobody reads them any more.
  virtual asio::awaitable<bool> write(json::object line) = 0;
  // Called once, when the reader is gone before the stream has ended.
  virtual void on_hang_up(std::function<void()> call) = 0;
};

class ControlCommands {
 public:
  using Command = std::function<Task<json::object>(json::object arguments)>;

  // Its first line says whether it begins, as a command's answer does.
  using Stream = std::function<asio::awaitable<void>(json::object arguments, LineSink& out)>;

  void add_stream(std::string name, Stream stream) {
    streams_[std::move(name)] = std::move(stream);
  }
  // Null when there is none.
  const Stream* find_stream(std::string_view name) const;
  void add(std::string name, Command command) { commands_[std::move(name)] = std::move(command); }
  // Never fails: errors are {"ok": false, "error": "..."}.
  asio::awaitable<json::object> run(json::object request) const;

 private:
  std::map<std::string, Command> commands_;
  std::map<std::string, Stream, std::less<>> streams_;
};

}  // namespace gantry::app
