#pragma once
// The services of messages and files together, as the families of the API take them.

#include "domain/history_service.h"
#include "domain/message_service.h"
#include "domain/upload_service.h"

namespace gantry::domain {

struct MessageServices {
  MessageServices(const Context& context, FileStorage& files)
      : messages(context, files), history(context), uploads(context, files) {}

  MessageService messages;
  HistoryService history;
  UploadService uploads;
};

}  // namespace gantry::domain
