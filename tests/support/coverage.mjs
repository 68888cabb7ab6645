// What the scenarios did to the API: each request of a test that passed becomes one entry
// {method, path, kind, test}. tools/docs.mjs makes docs/api-coverage.md of these and of the
// declarations. Requests made while a world is prepared are not recorded.

const kept = [];
let current = [];
let listening = true;

const kAbsent = /not found|does not exist|does not match any|No integration found|error-invalid-integration\b|error-invalid-integration-history|error-invalid-delivery|invalid-channel|error-invalid-room/i;
const kRight = /not_authorized|not-authorized|error-not-allowed|error-invalid-permissions/i;

// success, 401, right, 400 or absent; nothing for answers that prove none of them (429, 503...).
export function kind_of(status, text) {
  if (status >= 200 && status < 300) return 'success';
  if (status === 401) return '401';
  if (status === 403) return 'right';
  if (status === 404) return 'absent';
  if (status !== 400) return undefined;
  if (kRight.test(text)) return 'right';
  return kAbsent.test(text) ? 'absent' : '400';
}

export function record_request(method, path, kind) {
  if (listening && kind) current.push({ method, path: path.split('?')[0], kind });
}

// Runs `fn` without recording: for preparation and for looking at the outcome.
export async function unrecorded(fn) {
  const before = listening;
  listening = false;
  try {
    return await fn();
  } finally {
    listening = before;
  }
}

export function discard_requests() {
  current = [];
}

export function keep_requests(test) {
  for (const one of current) kept.push({ ...one, test });
  current = [];
}

export function recorded_requests() {
  return kept;
}
