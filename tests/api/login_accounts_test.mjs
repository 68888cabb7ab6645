// Login of plain and inactive accounts, and what they are told of the server.

import { any } from '../support/expect.mjs';
import { scenarios } from '../support/scenario.mjs';

const login = { caller: 'anonymous', method: 'POST', path: '/api/v1/login' };
const ada = (w) => w.callers.ada;

scenarios({
  name: 'login of accounts',
  receiver: false,
  setup: async (w) => {
    await w.create_caller('ada', { username: 'Ada.Test' });
    await w.create_caller('former');
    await w.admin.must({ method: 'POST', path: '/api/v1/users.update', headers: w.admin.second_factor_headers(),
                         body: { userId: w.callers.former.user_id, data: { active: false } } });
  },
  rows: [
    { ...login, name: 'takes a new account\'s plain password', body: (w) => ({ user: 'Ada.Test', password: ada(w).password }),
      parts: { status: 'success', data: { userId: (w) => ada(w).user_id, authToken: any.text_of(43), me: { username: 'Ada.Test' } } } },
    { ...login, name: 'finds a name in another case', body: (w) => ({ user: 'ada.test', password: ada(w).password }),
      parts: { data: { me: { username: 'Ada.Test' } } } },
    { ...login, name: 'refuses another account\'s password', body: (w) => ({ user: 'Ada.Test', password: w.admin.password }),
      status: 401, parts: { message: 'Unauthorized' }, absent: ['authToken'] },
    { ...login, name: 'refuses an inactive account', status: 401, absent: ['authToken'],
      body: (w) => ({ user: w.callers.former.username, password: w.callers.former.password }),
      json: { success: false, status: 'error', error: 'error-user-is-not-activated', message: 'User is not activated' } },
    { name: 'refuses the tokens of an account that became inactive', caller: 'former', path: '/api/v1/me', status: 401,
      parts: { status: 'error' } },
    { name: 'refuses a token under another account\'s id', caller: 'anonymous', path: '/api/v1/me', status: 401,
      headers: (w) => ({ 'X-Auth-Token': ada(w).token, 'X-User-Id': w.admin.user_id }), parts: { status: 'error' } },
    { name: 'tells a plain account only major and minor version', caller: 'ada', path: '/api/info',
      parts: { version: /^8\.\d+$/, info: any.absent } },
    { name: 'shows an account to itself', caller: 'ada', path: '/api/v1/me',
      parts: { username: 'Ada.Test', roles: ['user'], emails: [{ address: 'Ada.Test@gantry.test', verified: true }],
               email: 'Ada.Test@gantry.test' } },
  ],
});
