// Server information, probes, unknown routes and what every answer carries.

import { any } from '../support/expect.mjs';
import { scenarios } from '../support/scenario.mjs';

const not_logged_in = { success: false, error: 'You must be logged in to do this.', status: 'error',
                        message: 'You must be logged in to do this.' };

scenarios({
  name: 'info',
  receiver: false,
  rows: [
    { name: 'tells strangers major and minor version only', caller: 'anonymous',
      path: '/api/info', parts: { success: true, version: /^8\.\d+$/, info: any.absent } },
    { name: 'tells a holder of view-statistics the full version', path: '/api/info',
      parts: { success: true, version: /^8\.\d+\.\d+$/, info: { version: /^8\.\d+\.\d+$/ } } },
    { name: 'takes a wrong token on an open route for a stranger', caller: 'anonymous',
      headers: { 'X-Auth-Token': 'wrong', 'X-User-Id': 'rocket.cat' }, path: '/api/info',
      parts: { version: /^8\.\d+$/ } },
    { name: 'answers below v1 too', caller: 'anonymous', path: '/api/v1/info',
      parts: { success: true, version: /^8\.\d+$/ } },
    { name: 'sends JSON without a charset and forbids storing it', caller: 'anonymous', path: '/api/info',
      parts: { success: true },
      reply_headers: { 'content-type': 'application/json', 'cache-control': 'no-store', pragma: 'no-cache',
                       'x-content-type-options': 'nosniff', 'x-xss-protection': '1' } },
    { name: 'sets no cookie', caller: 'anonymous', path: '/api/info', parts: { success: true },
      reply_headers: { 'set-cookie': any.absent } },
    { name: 'is alive', caller: 'anonymous', path: '/livez', text: any.string },
    { name: 'is ready', caller: 'anonymous', path: '/readyz', text: any.string },
    { name: 'does not know an unknown path', caller: 'anonymous', path: '/api/v1/no.such.route', status: 404,
      kind: '400', text: any.string },
    { name: 'treats a path with another case as unknown', caller: 'anonymous', path: '/api/v1/Me', status: 404,
      kind: '400', text: any.string },
    { name: 'treats a trailing slash as another path', path: '/api/v1/me/', status: 404, kind: '400', text: any.string },
    { name: 'answers another method of a known path like an unknown path', method: 'POST', path: '/api/info',
      caller: 'anonymous', body: {}, status: 404, kind: '400', text: any.string },
    { name: 'answers OPTIONS with OK and no cross-origin headers while they are off', method: 'OPTIONS',
      caller: 'anonymous', path: '/api/v1/me', headers: { Origin: 'https://elsewhere.example' }, text: 'OK',
      reply_headers: { 'access-control-allow-origin': any.absent } },
    { name: 'wants a login for me', caller: 'anonymous', path: '/api/v1/me', status: 401, json: not_logged_in },
    { name: 'refuses a token that is not the account\'s', caller: 'anonymous', path: '/api/v1/me', status: 401,
      headers: (world) => ({ 'X-Auth-Token': world.admin.token, 'X-User-Id': 'rocket.cat' }),
      json: not_logged_in },
    { name: 'refuses a token without an account', caller: 'anonymous', path: '/api/v1/me', status: 401,
      headers: (world) => ({ 'X-Auth-Token': world.admin.token }), json: not_logged_in },
    { name: 'reads the login headers in any case', caller: 'anonymous', path: '/api/v1/me',
      headers: (world) => ({ 'x-auth-TOKEN': world.admin.token, 'X-USER-ID': world.admin.user_id }),
      parts: { success: true } },
  ],
});
