// Uploading, showing, listing, downloading and removing files.

import fs from 'node:fs';
import path from 'node:path';

import { any, expect, expect_parts } from '../support/expect.mjs';
import { scenarios } from '../support/scenario.mjs';
import { test } from '../support/testing.mjs';
import { use_world } from '../support/world.mjs';

const boundary = 'a-boundary-of-the-tests';

// A multipart body of parts {name, filename, type, bytes}.
function multipart(...parts) {
  const chunks = [];
  for (const { name, filename, type, bytes = '' } of parts) {
    const file = filename === undefined ? '' : `; filename="${filename}"`;
    const kind = type ? `\r\nContent-Type: ${type}` : '';
    chunks.push(Buffer.from(`--${boundary}\r\nContent-Disposition: form-data; name="${name}"${file}${kind}\r\n\r\n`),
                Buffer.from(bytes), Buffer.from('\r\n'));
  }
  chunks.push(Buffer.from(`--${boundary}--\r\n`));
  return { type: `multipart/form-data; boundary=${boundary}`, bytes: Buffer.concat(chunks) };
}

const note = { name: 'file', filename: 'note.txt', type: 'text/plain', bytes: 'hello file' };
const picture = { name: 'file', filename: 'Zweite Übung.png', type: 'image/png', bytes: Buffer.from([0x89, 0x50, 0, 1, 2, 255]) };
const media = (w, room = w.hall) => `/api/v1/rooms.media/${room._id}`;
const upload = (w, room = w.hall) => `/api/v1/rooms.upload/${room._id}`;
const to_media = { method: 'POST', path: (w) => media(w) };
const to_upload = { method: 'POST', path: (w) => upload(w) };
const confirm = { method: 'POST', path: (w) => `/api/v1/rooms.mediaConfirm/${w.hall._id}/no-such` };

const world = scenarios({
  name: 'uploads',
  receiver: false,
  setup: async (w) => {
    await w.create_caller('ada');
    await w.create_caller('bob');
    await w.create_caller('eve');
    w.hall = await w.create_group({ members: [w.callers.ada.username, w.callers.bob.username] });
    w.pair = (await w.callers.ada.must_post('/api/v1/im.create', { username: w.callers.bob.username })).room;
  },
  rows: [
    ...[to_media, to_upload].map((route) => ({ ...route, name: 'wants a login', caller: 'anonymous', raw: multipart(note), status: 401,
                                               parts: { status: 'error' } })),
    { ...confirm, name: 'confirming wants a login', caller: 'anonymous', body: {}, status: 401, parts: { status: 'error' } },
    ...[to_media, to_upload, confirm].map((route) => ({ ...route, name: 'refuses strangers', caller: 'eve', raw: multipart(note), status: 403,
                                                        json: { success: false, error: 'unauthorized' } })),
    { ...to_media, name: 'refuses an unknown room', path: '/api/v1/rooms.media/no-such', raw: multipart(note), status: 403,
      json: { success: false, error: 'unauthorized' } },
    { ...to_media, name: 'stores a file', caller: 'ada', raw: multipart(note),
      json: { file: { _id: any.id, url: /^\/file-upload\/[^/]+\/note\.txt$/ }, success: true } },
    { ...to_media, name: 'refuses another field', caller: 'ada', raw: multipart({ ...note, name: 'picture' }), status: 400,
      json: { success: false, error: '[invalid-field]', errorType: 'invalid-field' } },
    { ...to_media, name: 'wants a file', caller: 'ada', raw: multipart({ name: 'msg', bytes: 'x' }), status: 400,
      json: { success: false, error: 'No file was uploaded [error-no-file-uploaded]', errorType: 'error-no-file-uploaded' } },
    { ...to_media, name: 'wants a form', caller: 'ada', body: { file: 'x' }, status: 400, parts: { errorType: 'error-no-file-uploaded' } },
    { ...to_media, name: 'takes one file', caller: 'ada', raw: multipart(note, note), status: 400,
      json: { success: false, error: 'Just 1 file is allowed' } },
    { ...to_media, name: 'refuses a form that breaks off', caller: 'ada', status: 400,
      raw: { type: `multipart/form-data; boundary=${boundary}`, text: `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\nhalf` },
      parts: { success: false, error: /cannot be read/ } },
    { ...to_media, name: 'refuses a type of the black list', caller: 'ada', raw: multipart({ ...note, type: 'image/svg+xml' }), status: 400,
      json: { success: false, error: 'File type is not accepted [error-invalid-file-type]', errorType: 'error-invalid-file-type' } },
    { ...to_upload, name: 'shows a picture', caller: 'ada',
      raw: multipart({ name: 'msg', bytes: ' look ' }, { name: 'description', bytes: 'of me' }, { name: 'groupable', bytes: 'false' }, picture),
      parts: { success: true, message: {
        rid: (w) => w.hall._id, msg: ' look ', groupable: false, u: { username: (w) => w.callers.ada.username },
        file: { _id: any.id, name: 'Zweite Übung.png', type: 'image/png', size: 6 }, files: [{ name: 'Zweite Übung.png' }],
        attachments: [{ title: 'Zweite Übung.png', title_link: /^\/file-upload\/[^/]+\/Zweite%20%C3%9Cbung\.png$/, title_link_download: true,
                        type: 'file', description: 'of me', image_url: /^\/file-upload\//, image_type: 'image/png', image_size: 6 }] } } },
    { ...to_upload, name: 'refuses a description that is too long', caller: 'ada',
      raw: multipart({ name: 'description', bytes: 'y'.repeat(5001) }, note), status: 400,
      json: { success: false, error: '[error-message-size-exceeded]', errorType: 'error-message-size-exceeded' } },
    { ...to_upload, name: 'refuses an alias without the right', caller: 'ada', raw: multipart({ name: 'alias', bytes: 'King' }, note),
      status: 400, json: { success: false, error: 'Not enough permission' } },
    { ...confirm, name: 'tells an unknown file', caller: 'ada', body: {}, status: 400,
      json: { success: false, error: '[invalid-file]', errorType: 'invalid-file' } },
    { path: '/file-upload/no-such/x', name: 'a stranger learns nothing of files', caller: 'anonymous', status: 403,
      json: { success: false, error: 'unauthorized' } },
    { path: '/file-upload/no-such/x', name: 'an unknown file', caller: 'ada', status: 404, parts: { success: false } },
  ],
});

const store = async (caller, file, room = world.hall) =>
  (await caller.must({ method: 'POST', path: media(world, room), raw: multipart(file) })).file;
const confirmed = (caller, file, body = {}, room = world.hall) =>
  caller.post(`/api/v1/rooms.mediaConfirm/${room._id}/${file._id}`, body);
const uploads_of = (w) => path.join(w.server.data, 'uploads');

test('a file is seen by its uploader alone until it is shown', async () => {
  const { ada, bob, eve } = world.callers;
  const file = await store(ada, note);
  expect((await ada.get(file.url)).text === 'hello file', 'the uploader does not see it');
  expect((await bob.get(file.url)).status === 403, 'others see it too early');
  const foreign = await confirmed(bob, file);
  expect_parts(foreign.json, { errorType: 'invalid-file' });
  const shown = await confirmed(ada, file, { msg: 'here', description: 'read it', fileName: 'renamed.txt' });
  expect_parts(shown.json, { success: true, message: { msg: 'here', file: { _id: file._id, name: 'renamed.txt', type: 'text/plain', size: 10 },
                                                       attachments: [{ description: 'read it', format: 'txt', size: 10 }] } });
  expect((await bob.get(file.url)).text === 'hello file', 'a member does not see it');
  expect((await eve.get(file.url)).status === 403, 'a stranger sees it');
  expect_parts((await confirmed(ada, file)).json, { errorType: 'invalid-file' });
});

test('a message that is refused leaves the file to be confirmed again', async () => {
  const { ada } = world.callers;
  const file = await store(ada, note);
  expect_parts((await confirmed(ada, file, { msg: 'y'.repeat(5001) })).json, { error: '[error-message-size-exceeded]' });
  expect((await confirmed(ada, file, { msg: 'shorter' })).status === 200, 'it is lost');
});

test('files are listed, by name, with filters', async () => {
  const { ada } = world.callers;
  const room = await world.create_group({ members: [ada.username] });
  await confirmed(ada, await store(ada, { ...note, filename: 'b.txt' }, room), {}, room);
  await confirmed(ada, await store(ada, { ...picture, filename: 'a.png' }, room), {}, room);
  await store(ada, { ...note, filename: 'not-shown.txt' }, room);
  const list = async (query) => ada.must_get('/api/v1/groups.files', { roomId: room._id, ...query });
  const names = async (query) => (await list(query)).files.map((file) => file.name).join();
  expect_parts(await list({ count: 1 }), { count: 1, total: 2, offset: 0, files: [
    { _id: any.id, name: 'a.png', type: 'image/png', typeGroup: 'image', size: 6, extension: 'png', rid: room._id, userId: ada.user_id,
      user: { _id: ada.user_id, username: ada.username }, complete: true, url: any.string, uploadedAt: any.date }] });
  expect(await names({}) === 'a.png,b.txt', await names({}));
  expect(await names({ typeGroup: 'text' }) === 'b.txt', 'by group');
  expect(await names({ name: 'A.P' }) === 'a.png', 'by name');
  expect(await names({ sort: { size: -1 } }) === 'b.txt,a.png', 'by size');
});

test('downloads say what they are and run nothing', async () => {
  const { ada } = world.callers;
  const page = await store(ada, { name: 'file', filename: 'x.html', type: 'text/html', bytes: '<script>1</script>' });
  const answer = await ada.get(page.url);
  expect(answer.headers['content-type'] === 'text/html', answer.headers['content-type']);
  expect(/^attachment; filename\*=UTF-8''x\.html$/.test(answer.headers['content-disposition']), answer.headers['content-disposition']);
  expect(/default-src 'none'.*sandbox/.test(answer.headers['content-security-policy']), 'no sandbox');
  expect(answer.headers['x-content-type-options'] === 'nosniff', 'sniffed');
  const image = await store(ada, picture);
  const shown = await ada.get(image.url);
  expect(/^inline; filename\*=UTF-8''Zweite%20%C3%9Cbung\.png$/.test(shown.headers['content-disposition']), 'not shown in place');
  expect(shown.bytes.equals(picture.bytes), 'other bytes');
});

test('parts of a file', async () => {
  const { ada } = world.callers;
  const file = await store(ada, note);
  const part = async (range) => {
    const answer = await ada.get(file.url, undefined, { headers: { Range: range } });
    return [answer.status, answer.headers['content-range'], answer.status === 416 ? '' : answer.text].join(' ');
  };
  for (const [range, wanted] of [['bytes=0-4', '206 bytes 0-4/10 hello'], ['bytes=6-', '206 bytes 6-9/10 file'],
                                 ['bytes=-4', '206 bytes 6-9/10 file'], ['bytes=5-99', '206 bytes 5-9/10  file'],
                                 ['bytes=10-', '416 bytes */10 '], ['bytes=4-2', '200  hello file'], ['lines=1-2', '200  hello file'],
                                 ['bytes=0-1,3-4', '200  hello file']]) {
    expect(await part(range) === wanted, `${range}: ${await part(range)}`);
  }
});

test('browsers fetch with cookies or with a token in the address', async () => {
  const { ada } = world.callers;
  const file = await store(ada, note);
  const cookie = await world.anonymous.get(file.url, undefined, { headers: { Cookie: `x=1; rc_uid=${ada.user_id}; rc_token=${ada.token}` } });
  expect(cookie.text === 'hello file', `with cookies: ${cookie.status}`);
  const query = await world.anonymous.get(file.url, { rc_uid: ada.user_id, rc_token: ada.token });
  expect(query.text === 'hello file', `with the address: ${query.status}`);
  const wrong = await world.anonymous.get(file.url, { rc_uid: world.callers.bob.user_id, rc_token: ada.token });
  expect(wrong.status === 403, `with a wrong pair: ${wrong.status}`);
});

test('files that are not protected are open once they are shown', async () => {
  const { ada } = world.callers;
  const file = await store(ada, note);
  await world.set_setting('FileUpload_ProtectFiles', false);
  const before = await world.anonymous.get(file.url);
  await confirmed(ada, file);
  const after = await world.anonymous.get(file.url);
  await world.set_setting('FileUpload_ProtectFiles', true);
  expect(before.status === 403, `before: ${before.status}`);
  expect(after.text === 'hello file', `after: ${after.status}`);
});

test('the settings limit size, types and places', async () => {
  const { ada } = world.callers;
  const attempt = async (changes, file, room = world.hall) => {
    for (const [id, [value]] of Object.entries(changes)) await world.set_setting(id, value);
    const answer = await ada.request({ method: 'POST', path: media(world, room), raw: multipart(file) });
    for (const [id, [, usual]] of Object.entries(changes)) await world.set_setting(id, usual);
    return answer.json;
  };
  expect_parts(await attempt({ FileUpload_MaxFileSize: [9, 104857600] }, note),
               { success: false, errorType: 'error-file-too-large', error: /^File exceeds allowed size of .*\[error-file-too-large\]$/ });
  expect_parts(await attempt({ FileUpload_MaxFileSize: [10, 104857600] }, note), { success: true });
  expect_parts(await attempt({ FileUpload_MediaTypeWhiteList: ['image/*, text/csv', ''] }, note), { errorType: 'error-invalid-file-type' });
  expect_parts(await attempt({ FileUpload_MediaTypeWhiteList: ['image/*, text/plain', ''] }, note), { success: true });
  expect_parts(await attempt({ FileUpload_Enabled: [false, true] }, note), { errorType: 'error-file-upload-disabled' });
  expect_parts(await attempt({ FileUpload_Enabled_Direct: [false, true] }, note, world.pair),
               { errorType: 'error-direct-message-file-upload-not-allowed' });
  expect_parts(await attempt({}, note, world.pair), { success: true });
});

test('removing the message removes the file', async () => {
  const { ada } = world.callers;
  const file = await store(ada, note);
  const { message } = (await confirmed(ada, file)).json;
  expect(fs.existsSync(path.join(uploads_of(world), file._id)), 'the file is not there');
  const gone = await ada.must_post('/api/v1/chat.delete', { roomId: world.hall._id, fileId: file._id });
  expect(gone._id === message._id, 'another message went');
  expect(!fs.existsSync(path.join(uploads_of(world), file._id)), 'the file is still there');
  expect((await ada.get(file.url)).status === 404, 'it can still be fetched');
});

test('files survive a crash, and what was half written goes', async () => {
  const { ada } = world.callers;
  const file = await store(ada, picture);
  await confirmed(ada, file);
  const half = path.join(uploads_of(world), 'abcdefghijk234567.part');
  fs.writeFileSync(half, 'half');
  await world.crash_and_restart();
  expect((await world.callers.ada.get(file.url)).bytes.equals(picture.bytes), 'other bytes');
  expect(!fs.existsSync(half), 'the half written file stays');
});

const clocked = use_world({ server: { binary: 'testing' }, receiver: false,
                            setup: async (w) => { w.hall = await w.create_group(); } });

test('a file that nobody shows goes after a day, with the next upload', async () => {
  const send = async () => (await clocked.admin.must({ method: 'POST', path: media(clocked), raw: multipart(note) })).file;
  const forgotten = await send(), shown = await send();
  await clocked.admin.must_post(`/api/v1/rooms.mediaConfirm/${clocked.hall._id}/${shown._id}`);
  await clocked.server.control({ command: 'advance-clock', ms: 25 * 60 * 60 * 1000 });
  const fresh = await send();
  expect((await clocked.admin.get(forgotten.url)).status === 404, 'it can still be fetched');
  expect(!fs.existsSync(path.join(uploads_of(clocked), forgotten._id)), 'its bytes stay');
  for (const file of [shown, fresh]) expect((await clocked.admin.get(file.url)).status === 200, 'another file went');
});
