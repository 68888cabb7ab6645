#pragma once
// The single table of errors: enumerator, the protocol's code, the default text for the user, the
// class (which decides the HTTP status) and the form of the body. Source: contract "rest" 4.3.
//
// Form: Typed   error "<text> [<code>]" with errorType <code>
//       Named   error "<text>" with errorType <code> (newer validation style)
//       Plain   error "<text>" alone

#include <string_view>

#include "base/error.h"

namespace gantry {

// clang-format off
#define GANTRY_ERROR_TABLE(X) \
  X(Internal, "", "Internal server error", Internal, Plain) \
  X(Failure, "", "", Invalid, Plain) \
  X(NotLoggedIn, "", "You must be logged in to do this.", Unauthenticated, Plain) \
  X(LoginFailed, "", "Unauthorized", Unauthenticated, Plain) \
  X(MissingRight, "error-unauthorized", "User does not have the permissions required for this action", Forbidden, Typed) \
  X(Refused, "", "unauthorized", Forbidden, Plain) \
  X(NotFound, "", "Resource not found", Absent, Plain) \
  X(TooManyRequests, "error-too-many-requests", "Error, too many requests. Please slow down.", TooMany, Typed) \
  X(Unavailable, "", "Service Unavailable", Unavailable, Plain) \
  X(Busy, "error-busy", "The server is busy, try again", Unavailable, Typed) \
  X(StorageFull, "storage-full", "The disk of the server is full", Unavailable, Typed) \
  X(StorageFailed, "storage-failed", "The server cannot write to its storage", Unavailable, Typed) \
  X(CapacityReached, "error-capacity-reached", "A limit of this server is reached", Invalid, Typed) \
  X(InvalidParams, "invalid-params", "", Invalid, Typed) \
  X(InvalidBody, "invalid-params", "", Invalid, Named) \
  X(InvalidQueryShape, "error-invalid-params", "", Invalid, Named) \
  X(InvalidQueryParameters, "", "Invalid query parameters", Invalid, Plain) \
  X(InvalidSort, "error-invalid-sort", "", Invalid, Typed) \
  X(InvalidQuery, "error-invalid-query", "", Invalid, Typed) \
  X(InvalidFields, "error-invalid-fields", "", Invalid, Typed) \
  X(QueryTooBroad, "error-query-too-broad", "The query looks at too many records", Invalid, Typed) \
  X(NotAllowed, "error-not-allowed", "Not allowed", Invalid, Typed) \
  X(ActionNotAllowed, "error-action-not-allowed", "Not allowed", Invalid, Typed) \
  X(NotAuthorizedDash, "error-not-authorized", "Not authorized", Invalid, Typed) \
  X(NotAuthorized, "not-authorized", "Not Authorized", Invalid, Typed) \
  X(NotAuthorizedIntegration, "not_authorized", "Unauthorized", Invalid, Typed) \
  X(RoomNotFound, "error-room-not-found", "The required \"roomId\" or \"roomName\" param provided does not match any channel", Invalid, Typed) \
  X(RoomParamNotProvided, "error-room-param-not-provided", "The parameter \"roomId\" or \"roomName\" is required", Invalid, Typed) \
  X(RoomIdParamNotProvided, "error-roomid-param-not-provided", "The parameter \"roomId\" or \"roomName\" is required", Invalid, Typed) \
  X(RoomArchived, "error-room-archived", "The room is archived", Invalid, Typed) \
  X(UserParamNotProvided, "error-user-param-not-provided", "The required \"userId\" or \"username\" param was not provided", Invalid, Typed) \
  X(UsersParamsNotProvided, "error-users-params-not-provided", "Please provide \"userId\" or \"username\" or \"userIds\" or \"usernames\" as param", Invalid, Typed) \
  X(InvalidUser, "error-invalid-user", "Invalid user", Invalid, Typed) \
  X(InvalidRoom, "error-invalid-room", "Invalid room", Invalid, Typed) \
  X(InvalidChannelTarget, "invalid-channel", "", Invalid, Typed) \
  X(EmptyInviteList, "error-empty-invite-list", "Cannot invite if no valid users are provided", Invalid, Typed) \
  X(InvalidInviteList, "invalid-user-invite-list", "Cannot invite if no users are provided", Invalid, Typed) \
  X(UserNotInRoom, "error-user-not-in-room", "User is not in this room", Invalid, Typed) \
  X(LastOwner, "error-you-are-last-owner", "You are the last owner. Please set new owner before leaving the room.", Invalid, Typed) \
  X(RemoveLastOwner, "error-remove-last-owner", "This is the last owner. Please set a new owner before removing this one.", Invalid, Typed) \
  X(UserAlreadyOwner, "error-user-already-owner", "User is already an owner", Invalid, Typed) \
  X(UserAlreadyModerator, "error-user-already-moderator", "User is already a moderator", Invalid, Typed) \
  X(UserAlreadyLeader, "error-user-already-leader", "User is already a leader", Invalid, Typed) \
  X(UserNotOwner, "error-user-not-owner", "User is not an owner", Invalid, Typed) \
  X(UserNotModerator, "error-user-not-moderator", "User is not a moderator", Invalid, Typed) \
  X(UserNotLeader, "error-user-not-leader", "User is not a leader", Invalid, Typed) \
  X(DuplicateChannelName, "error-duplicate-channel-name", "", Invalid, Typed) \
  X(ArchivedDuplicateName, "error-archived-duplicate-name", "", Invalid, Typed) \
  X(InvalidRoomName, "error-invalid-room-name", "", Invalid, Typed) \
  X(InvalidName, "error-invalid-name", "Invalid name", Invalid, Typed) \
  X(DuplicateHandle, "error-duplicate-handle", "", Invalid, Typed) \
  X(CodeInvalid, "error-code-invalid", "Invalid Room Password", Invalid, Typed) \
  X(CodeRequired, "error-code-required", "Code required", Invalid, Typed) \
  X(DirectMessageMaxUsers, "error-direct-message-max-user-exceeded", "You cannot add more than 8 users, including yourself to a direct message", Invalid, Typed) \
  X(DirectMessageRoom, "error-direct-message-room", "Direct Messages can not be archived", Invalid, Typed) \
  X(DefaultParamMissing, "error-channels-setdefault-is-same", "The bodyParam \"default\" is required", Invalid, Named) \
  X(DefaultIsSame, "error-channels-setdefault-missing-default-param", "The channel default setting is the same as what it would be changed to.", Invalid, Named) \
  X(DirectRoom, "error-direct-room", "Can't change type of direct rooms", Invalid, Typed) \
  X(UserLimitExceeded, "error-user-limit-exceeded", "User Limit Exceeded", Invalid, Typed) \
  X(UserNotFoundPlain, "error-user-not-found", "User not found", Invalid, Typed) \
  X(InvalidRoomSettings, "error-invalid-settings", "Invalid settings provided", Invalid, Typed) \
  X(NoMessageForUnread, "error-no-message-for-unread", "There are no messages to mark unread", Invalid, Typed) \
  X(FavoriteOutside, "error-invalid-subscription", "You must be part of a room to favorite it", Invalid, Typed) \
  X(CustomFieldsType, "invalid-roomCustomFields-type", "Invalid roomCustomFields type", Invalid, Typed) \
  X(EndpointDisabled, "error-endpoint-disabled", "This endpoint is disabled", Invalid, Typed) \
  X(InvalidSubscription, "error-invalid-subscription", "", Invalid, Plain) \
  X(InvalidChannel, "error-invalid-channel", "Invalid Channel", Invalid, Typed) \
  X(InvalidChannelStart, "error-invalid-channel-start-with-chars", "Invalid channel. Start with @ or #", Invalid, Typed) \
  X(InvalidUsername, "error-invalid-username", "Invalid username", Invalid, Typed) \
  X(LacksImpersonation, "error-user-lacks-message-impersonate-permission", "User selected for the incoming integration lacks the 'message-impersonate' permission.", Invalid, Typed) \
  X(InvalidEventType, "error-invalid-event-type", "Invalid event type", Invalid, Typed) \
  X(InvalidTargetRoom, "error-invalid-targetRoom", "Invalid Target Room", Invalid, Typed) \
  X(InvalidUrls, "error-invalid-urls", "Invalid URLs", Invalid, Typed) \
  X(InvalidPermissions, "error-invalid-permissions", "Invalid permission for required Integration creation.", Invalid, Typed) \
  X(InvalidTriggerWords, "error-invalid-triggerWords", "Invalid triggerWords", Invalid, Typed) \
  X(InvalidRetryDelay, "error-invalid-retry-delay", "Invalid retryDelay", Invalid, Typed) \
  X(InvalidSigningSecret, "error-invalid-signing-secret", "A signing secret is whsec_ and 24 to 64 bytes in base64, or whsk_ and an ed25519 key in base64", Invalid, Typed) \
  X(InvalidVerification, "error-invalid-verification", "Invalid verification", Invalid, Typed) \
  X(SignatureMissing, "error-signature-missing", "The call is not signed", Unauthenticated, Typed) \
  X(SignatureWrong, "error-signature-wrong", "The signature of the call is wrong", Unauthenticated, Typed) \
  X(SignatureTooOld, "error-signature-too-old", "The time of the call is too far from the server's", Unauthenticated, Typed) \
  X(TooManySigningSecrets, "error-too-many-signing-secrets", "At most two signing secrets can be live", Invalid, Typed) \
  X(InvalidCaCertificates, "error-invalid-ca-certificates", "Invalid caCertificates", Invalid, Typed) \
  X(InvalidIntegration, "error-invalid-integration", "Invalid integration", Invalid, Typed) \
  X(IntegrationNotFound, "invalid_integration", "[methods] updateOutgoingIntegration -> integration not found", Invalid, Typed) \
  X(IntegrationChanged, "error-integration-changed", "The integration was changed meanwhile", Conflict, Typed) \
  X(InvalidScriptVersion, "error-invalid-script-version", "Invalid script version", Invalid, Typed) \
  X(TooManyTrials, "error-too-many-trials", "Other trials of scripts are under way, try again", TooMany, Typed) \
  X(RecordHasNoText, "error-record-has-no-text", "", Invalid, Typed) \
  X(InvalidIncomingCall, "error-invalid-incoming-call", "Invalid incoming call", Invalid, Typed) \
  X(IdempotencyKeyInvalid, "error-idempotency-key-invalid", "An idempotency key has at most 255 visible ASCII characters", Invalid, Typed) \
  X(IdempotencyKeyReused, "error-idempotency-key-reused", "The idempotency key came before, with another body", Unprocessable, Typed) \
  X(IdempotencyKeyInUse, "error-idempotency-key-in-use", "An earlier call with this idempotency key is still under way", Conflict, Typed) \
  X(InvalidPostAsUser, "error-invalid-post-as-user", "Invalid Post As User", Invalid, Typed) \
  X(InvalidToken, "error-invalid-token", "Invalid token", Invalid, Typed) \
  X(InvalidIntegrationHistory, "error-invalid-integration-history", "Invalid Integration History", Invalid, Typed) \
  X(ReplayOutgoingOnly, "integration-type-must-be-outgoing", "The integration type to replay must be an outgoing webhook.", Invalid, Typed) \
  X(HistoryDataMissing, "history-data-must-be-defined", "The history data must be defined to replay an integration.", Invalid, Typed) \
  X(InvalidDelivery, "error-invalid-delivery", "Invalid delivery", Invalid, Typed) \
  X(DeliveryForgotten, "error-delivery-forgotten", "", Invalid, Typed) \
  X(DeliveryNotKept, "error-delivery-not-kept", "", Invalid, Typed) \
  X(TooManyDeliveries, "error-too-many-deliveries", "", Invalid, Typed) \
  X(DeliveryCountChanged, "error-delivery-count-changed", "", Invalid, Typed) \
  X(FieldUnavailable, "error-field-unavailable", "", Invalid, Typed) \
  X(FieldRequired, "error-the-field-is-required", "", Invalid, Typed) \
  X(InvalidField, "error-input-is-not-a-valid-field", "", Invalid, Typed) \
  X(BlockedUsername, "error-blocked-username", "", Invalid, Typed) \
  X(InvalidEmail, "error-invalid-email", "Invalid email", Invalid, Typed) \
  X(BioTooLong, "error-bio-size-exceeded", "User bio size exceeds 260 characters", Invalid, Typed) \
  X(NicknameTooLong, "error-nickname-size-exceeded", "User nickname size exceeds 120 characters", Invalid, Typed) \
  X(CouldNotSaveIdentity, "error-could-not-save-identity", "Could not save user identity", Invalid, Typed) \
  X(SamePassword, "error-password-same-as-current", "The new password must differ from the current one", Invalid, Typed) \
  X(RegistrationSecretWrong, "error-user-registration-secret", "User registration is only allowed via Secret URL", Invalid, Typed) \
  X(RegistrationDisabled, "error-user-registration-disabled", "User registration is disabled", Invalid, Typed) \
  X(UserLastOwner, "user-last-owner", "", Invalid, Typed) \
  X(CannotDeleteAppUser, "error-cannot-delete-app-user", "Cannot delete app user", Invalid, Typed) \
  X(TokenAlreadyExists, "error-token-already-exists", "A token with this name already exists", Invalid, Typed) \
  X(TokenDoesNotExist, "error-token-does-not-exists", "Token does not exist", Invalid, Typed) \
  X(TotpRequired, "totp-required", "TOTP Required", Invalid, Typed) \
  X(TotpInvalid, "totp-invalid", "TOTP Invalid", Invalid, Typed) \
  X(InvalidPermission, "error-invalid-permission", "Invalid permission", Invalid, Named) \
  X(InvalidRole, "error-invalid-role", "Invalid role", Invalid, Named) \
  X(PermissionDoesNotExist, "error-invalid-permission", "Permission does not exist", Invalid, Typed) \
  X(PermissionNotFound, "error-permission-not-found", "Permission not found", Invalid, Typed) \
  X(RoleDoesNotExist, "error-invalid-role", "Role does not exist", Invalid, Typed) \
  X(InvalidRoleId, "error-invalid-roleId", "This role does not exist", Invalid, Typed) \
  X(InvalidRoleProperties, "error-invalid-role-properties", "The role properties are invalid.", Invalid, Typed) \
  X(DuplicateRoleName, "error-duplicate-role-names-not-allowed", "Role name already exists", Invalid, Typed) \
  X(RoleNotFound, "Role not found", "error-role-not-found", Invalid, Named) \
  X(UserAlreadyInRole, "error-user-already-in-role", "User already in role", Invalid, Typed) \
  X(UserNotInRole, "error-user-not-in-role", "User is not in this role", Invalid, Typed) \
  X(RoleProtected, "error-role-protected", "The scope and name of a built-in role stay as they are", Invalid, Typed) \
  X(ParamNotProvided, "error-param-not-provided", "", Invalid, Typed) \
  X(AdminRequired, "error-admin-required", "You need to have at least one admin", Invalid, Typed) \
  X(InvalidDate, "error-roomId-param-invalid", "", Invalid, Typed) \
  X(InvalidUpdatedSince, "error-updatedSince-param-invalid", "The \"updatedSince\" query parameter must be a valid date.", Invalid, Typed) \
  X(MessageSizeExceeded, "", "error-message-size-exceeded", Invalid, Plain) \
  X(MessageTextTooLong, "error-message-size-exceeded", "Message size exceeds Message_MaxAllowedSize", Invalid, Typed) \
  X(NotAllowedInRoom, "", "error-not-allowed", Invalid, Plain) \
  X(RoomIsReadOnly, "", "You can't send messages because the room is readonly.", Invalid, Plain) \
  X(MutedInRoom, "", "You_have_been_muted", Invalid, Plain) \
  X(RoomIsArchived, "", "room_is_archived", Invalid, Plain) \
  X(RoomIsBlocked, "", "room_is_blocked", Invalid, Plain) \
  X(CannotImpersonate, "", "Not enough permission", Invalid, Plain) \
  X(InvalidAttachmentLink, "", "Invalid href value provided", Invalid, Plain) \
  X(InvalidAttachmentField, "", "Invalid attachment field, title and value is required", Invalid, Plain) \
  X(MessageEditingBlocked, "error-message-editing-blocked", "Message editing is blocked", Invalid, Typed) \
  X(MessageOutOfSync, "error-message-ts-out-of-sync", "Message timestamp is out of sync", Invalid, Typed) \
  X(DuplicateMessage, "error-duplicate-message", "A message with this id exists", Invalid, Typed) \
  X(InvalidFile, "invalid-file", "", Invalid, Typed) \
  X(InvalidUploadField, "invalid-field", "", Invalid, Typed) \
  X(NoFileUploaded, "error-no-file-uploaded", "No file was uploaded", Invalid, Typed) \
  X(FileTooLarge, "error-file-too-large", "File exceeds allowed size", Invalid, Typed) \
  X(InvalidFileType, "error-invalid-file-type", "File type is not accepted", Invalid, Typed) \
  X(DirectFileUploadDisabled, "error-direct-message-file-upload-not-allowed", "File sharing in direct messages is disabled", Invalid, Typed) \
  X(FileUploadDisabled, "error-file-upload-disabled", "File upload is disabled", Invalid, Typed) \
  X(RoomInfoNotAllowed, "Not Allowed", "not-allowed", Invalid, Named) \
  X(SettingValidationFailed, "error-setting-validation-failed", "The value does not fit the setting", Invalid, Typed)
// clang-format on

enum class ErrorCode : std::uint16_t {
#define X(name, code, text, kind, form) name,
  GANTRY_ERROR_TABLE(X)
#undef X
};

enum class ErrorClass {
  Invalid,          // 400
  Unauthenticated,  // 401
  Forbidden,        // 403
  Absent,           // 404
  Conflict,         // 409
  Unprocessable,    // 422
  TooMany,          // 429
  Unavailable,      // 503
  Internal,         // 500
};

enum class ErrorForm { Typed, Named, Plain };

struct ErrorInfo {
  std::string_view code;  // empty: the body has no code
  std::string_view text;
  ErrorClass kind;
  ErrorForm form;
};

constexpr ErrorInfo info_of(ErrorCode code) {
  switch (code) {
#define X(name, code_text, text, kind, form) \
  case ErrorCode::name:                      \
    return {code_text, text, ErrorClass::kind, ErrorForm::form};
    GANTRY_ERROR_TABLE(X)
#undef X
  }
  return {"", "Internal server error", ErrorClass::Internal, ErrorForm::Plain};
}

// The text for the user: the error's own, else the table's.
inline std::string_view text_of(const Error& error) {
  return error.message.empty() ? info_of(error.code).text : std::string_view(error.message);
}

// F(text) of the contract: 400 with the text alone.
inline Error failure(std::string text, Place at = Place::current()) {
  return Error(ErrorCode::Failure, std::move(text), at);
}

}  // namespace gantry
