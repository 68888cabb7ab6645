#include "app/care/delivery_pause.h"

#include <cerrno>

#include <unistd.h>

#include "store/archive/disk_file.h"

namespace gantry::app {

std::string pause_mark_of(const std::string& data) {
  return data + "/deliveries-paused";
}

bool deliveries_paused(const DataDirectory& data) {
  return ::access(pause_mark_of(data.path()).c_str(), F_OK) == 0;
}

Result<void> put_pause_mark(const std::string& data) {
  TRY(auto mark, store::archive::DiskFile::create(pause_mark_of(data)));
  TRY_DO(mark.write("Restored from a backup; gantry serve --resume-deliveries ends this.\n"));
  TRY_DO(mark.sync());
  return store::archive::sync_directory(data);
}

Result<void> remove_pause_mark(const DataDirectory& data) {
  const std::string mark = pause_mark_of(data.path());
  if (::unlink(mark.c_str()) != 0 && errno != ENOENT) {
    return store::archive::disk_failure(mark, errno);
  }
  return store::archive::sync_directory(data.path());
}

asio::awaitable<egress::HttpResult> ClosedHttpClient::send(egress::HttpRequest) {
  co_return egress::HttpFailure{egress::HttpFailure::Kind::Blocked, "ERR_EGRESS_BLOCKED",
                                kPauseNotice};
}

}  // namespace gantry::app
