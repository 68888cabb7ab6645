// settings*, service.configurations: what may be read by whom, and that a change holds at once.

import { any, expect, expect_parts } from '../support/expect.mjs';
import { scenarios } from '../support/scenario.mjs';
import { test } from '../support/testing.mjs';

const not_logged_in = { success: false, status: 'error', message: 'You must be logged in to do this.' };
const missing_right = { success: false,
                        error: 'User does not have the permissions required for this action [error-unauthorized]' };
const typed = (text, code) => ({ success: false, error: `${text} [${code}]`, errorType: code });
const set = (id, caller = 'admin') => ({ method: 'POST', path: `/api/v1/settings/${id}`, caller });
const read = (id, caller = 'admin') => ({ path: `/api/v1/settings/${id}`, caller });
const many = (caller = 'admin') => ({ method: 'POST', path: '/api/v1/settings', caller,
                                      headers: (w) => w.callers[caller].token ? w.callers[caller].second_factor_headers() : {} });
const value_is = (id, value) => async (w) => expect_parts(await w.admin.must_get(`/api/v1/settings/${id}`), { value });

const world = scenarios({
  name: 'settings',
  receiver: false,
  setup: async (w) => {
    await w.create_caller('plain');
  },
  rows: [
    { name: 'strangers read the public ones', caller: 'anonymous', path: '/api/v1/settings.public', query: { count: 0 },
      parts: { success: true, offset: 0, total: any.number, count: any.number, settings: any.array }, absent: ['API_Upper_Count_Limit', 'SecretURL'],
      then: (w, { json }) => {
        const ids = json.settings.map((one) => one._id);
        expect(ids.includes('Site_Url') && ids.length === json.total, 'Site_Url is missing');
        expect(ids.join() === [...ids].sort().join(), 'not in order');
      } },
    { name: 'public ones are chosen by id', caller: 'anonymous', path: '/api/v1/settings.public',
      query: { _id: 'Site_Name,uniqueID,API_Upper_Count_Limit' },
      json: { success: true, count: 2, offset: 0, total: 2, settings: [{ _id: 'Site_Name', value: 'Gantry' }, { _id: 'uniqueID', value: any.id }] } },
    { name: 'public ones come in pages', caller: 'anonymous', path: '/api/v1/settings.public', query: { count: 5, offset: 5 },
      parts: { count: 5, offset: 5 } },
    { name: 'a wrong sort is refused', caller: 'anonymous', path: '/api/v1/settings.public', query: { sort: '{' }, status: 400,
      parts: { errorType: 'error-invalid-sort' } },
    { name: 'administrators list all', path: '/api/v1/settings', query: { count: 0 }, parts: { success: true, settings: any.array },
      then: (w, { json }) => expect(json.settings.some((one) => one._id === 'API_Upper_Count_Limit' && one.value === 100), 'a private one is missing') },
    { name: 'defaults are told when asked for', path: '/api/v1/settings', query: { _id: 'API_Default_Count', includeDefaults: 'true' },
      parts: { settings: [{ _id: 'API_Default_Count', value: 50, packageValue: 50 }] } },
    { name: 'others list the public ones', caller: 'plain', path: '/api/v1/settings', query: { count: 0 }, parts: { success: true },
      absent: ['API_Upper_Count_Limit'] },
    { name: 'listing wants a login', caller: 'anonymous', path: '/api/v1/settings', status: 401, parts: not_logged_in },

    { ...read('Site_Name'), name: 'one is read', json: { success: true, _id: 'Site_Name', value: 'Gantry' } },
    { ...read('No_Such'), name: 'an unknown one is not', status: 400, kind: 'absent', json: { success: false } },
    { ...read('Site_Name', 'plain'), name: 'reading one wants the right', status: 403, json: missing_right },
    { ...read('Site_Name', 'anonymous'), name: 'reading one wants a login', status: 401, parts: not_logged_in },

    { ...set('Site_Name'), name: 'one is changed', body: { value: 'Dock' }, json: { success: true }, then: value_is('Site_Name', 'Dock') },
    { ...set('API_Default_Count'), name: 'a number may be text', body: { value: '7' }, json: { success: true },
      then: async (w) => {
        await value_is('API_Default_Count', 7)(w);
        expect_parts(await w.admin.must_get('/api/v1/settings'), { count: 7 });
        await w.set_setting('API_Default_Count', 50);
      } },
    { ...set('API_Default_Count'), name: 'a number must be one', body: { value: 'many' }, status: 400,
      parts: { errorType: 'error-setting-validation-failed' }, then: value_is('API_Default_Count', 50) },
    { ...set('Favorite_Rooms'), name: 'a truth value must be one', body: { value: 'maybe' }, status: 400,
      parts: { errorType: 'error-setting-validation-failed' } },
    { ...set('Accounts_RegistrationForm'), name: 'a choice must be one', body: { value: 'Sometimes' }, status: 400,
      parts: { errorType: 'error-setting-validation-failed' } },
    { ...set('UTF8_User_Names_Validation'), name: 'a pattern must compile', body: { value: '[a-z' }, status: 400,
      parts: { errorType: 'error-setting-validation-failed' } },
    { ...set('UTF8_User_Names_Validation'), name: 'a pattern holds at once', body: { value: '[a-z]+' }, json: { success: true },
      then: async (w) => {
        const account = { email: 'digits@gantry.test', name: 'D', username: 'digits1', password: 'x' };
        const answer = await w.admin.post('/api/v1/users.create', account);
        expect_parts(answer.json, { errorType: 'error-input-is-not-a-valid-field' });
        await w.set_setting('UTF8_User_Names_Validation', '[0-9a-zA-Z-_.]+');
      } },
    { ...set('Site_Name'), name: 'a value is needed', body: {}, status: 400, json: { success: false } },
    { ...set('No_Such'), name: 'an unknown one is not changed', body: { value: 1 }, status: 400, kind: 'absent', json: { success: false } },
    { ...set('Site_Name', 'plain'), name: 'changing wants the right', body: { value: 'x' }, status: 403, json: missing_right },
    { ...set('Site_Name', 'anonymous'), name: 'changing wants a login', body: { value: 'x' }, status: 401, parts: not_logged_in },

    { ...many(), name: 'many are changed together', body: { settings: [{ _id: 'Site_Name', value: 'Quay' }, { _id: 'Favorite_Rooms', value: false }] },
      json: { success: true }, then: async (w) => { await value_is('Site_Name', 'Quay')(w); await value_is('Favorite_Rooms', false)(w); } },
    { ...many(), name: 'many are changed all or not at all', status: 400,
      body: { settings: [{ _id: 'Site_Name', value: 'Pier' }, { _id: 'API_Default_Count', value: 'many' }] },
      parts: { errorType: 'error-setting-validation-failed' }, then: value_is('Site_Name', 'Quay') },
    { ...many(), name: 'changing many asks for the second factor each time', headers: {}, body: { settings: [] }, status: 400,
      parts: typed('TOTP Required', 'totp-required') },
    { ...many('plain'), name: 'changing many wants the right', body: { settings: [] }, status: 403, json: missing_right },
    { ...many('anonymous'), name: 'changing many wants a login', body: { settings: [] }, status: 401, parts: not_logged_in },

    { name: 'there are no services to log in with', caller: 'anonymous', path: '/api/v1/settings.oauth', json: { success: true, services: [] } },
    { name: 'there are no configurations of them', caller: 'anonymous', path: '/api/v1/service.configurations', json: { success: true, configurations: [] } },
  ],
});

test('settings: what was changed survives a crash of the server', async () => {
  await world.set_setting('Site_Name', 'Harbour');
  await world.crash_and_restart();
  await value_is('Site_Name', 'Harbour')(world);
});
